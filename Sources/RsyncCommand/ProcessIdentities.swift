import RsyncEngine
import RsyncHost
import RsyncReport

/// The engine's view of this machine's users and groups.
final class ProcessIdentities: IdentityDirectory {
    private let lookup = IdentityLookup()
    private let groups = IdentityLookup.groups

    func userName(_ id: UInt32) -> [UInt8]? { lookup.userName(id) }
    func groupName(_ id: UInt32) -> [UInt8]? { lookup.groupName(id) }
    func userId(named name: [UInt8]) -> UInt32? { lookup.userID(name) }
    func groupId(named name: [UInt8]) -> UInt32? { lookup.groupID(name) }
    func isMember(of group: UInt32) -> Bool { groups.contains(group) }
}

extension SessionEnvironment {
    /// That of this process. `ruleFiles`: where files that filter rules name may be; nil refuses such rules (REV-26).
    public static func current(ruleFiles: Places?) -> SessionEnvironment {
        var environment = SessionEnvironment(
            identities: ProcessIdentities(), umask: SystemWords.currentUmask(),
            milliseconds: { SystemWords.milliseconds() }, seconds: { SystemWords.seconds() },
            workingDirectory: SystemWords.workingDirectory(), filterFiles: ruleFiles.map { CommandLineFiles(places: $0) })
        environment.processId = SystemWords.processId
        environment.localTime = { LocalTime($0) { SystemWords.zoneOffset($0) }.text }
        return environment
    }
}
