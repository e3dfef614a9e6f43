import BackupVault
import RestrictedShell
import RsyncCommand
import RsyncEngine
import RsyncHost
import RsyncOptions

/// One session of the restricted shell, in the order of RSH-351: directory, request, log, lock, confinement, protocol.
struct RestrictRun {
    private let settings: RestrictCommand.Settings
    private let interruption: Interruption
    private let command = System.variable("SSH_ORIGINAL_COMMAND") ?? []

    /// Seconds for the arguments that come over the connection: any client sends them at once.
    private static let patience: Int32 = 60

    init(_ settings: RestrictCommand.Settings, _ interruption: Interruption) {
        self.settings = settings
        self.interruption = interruption
    }

    /// RSH-257.
    func run() -> Int32 {
        let root: ConfinedTree
        let place: [UInt8]
        do throws(FileError) {
            root = try ConfinedTree(opening: settings.directory)
            place = System.path(ofDescriptor: root.rootDescriptor) ?? settings.directory
        } catch {
            // Which directory is nothing for the client to know; the administrator sees it in the key's line.
            return refuse("Restricted directory does not exist!", nil)
        }
        // Before it is made there.
        if settings.policy.mode != .readOnly, let log = settings.log, let path = System.absolute(log), System.isBeneath(path, place) {
            return refuse("the log must not lie in the directory that is served for writing", nil)
        }
        let log: RestrictLog
        do throws(RestrictLog.Failure) {
            log = try RestrictLog(settings.log, command: command, root: place, mode: settings.policy.mode)
        } catch {
            return refuse(error.text, nil)
        }
        guard !command.isEmpty else { return refuse("Not invoked via sshd", log) }
        if RestrictedRequest.isProbe(command) {
            log.note("probe", exitCode: 0)
            return 0
        }
        do {
            return try serve(root, place, log)
        } catch let refusal as Refusal {
            return refuse(refusal.text, log, exitCode: refusal.exitCode)
        } catch let error as ServedSenderError {
            return refuse(error.text, log, exitCode: error.exitCode)
        } catch let busy as DirectoryLock.Busy {
            return refuse(busy.description, log, exitCode: 5)
        } catch let trouble as Trouble {
            return refuse(trouble.description, log, exitCode: trouble.exitCode)
        } catch {
            return refuse("\(error)", log, exitCode: 14)
        }
    }

    /// One line that names the wrapper this replaces, by which scripts know it (RSH-256).
    private func refuse(_ text: String, _ log: RestrictLog?, exitCode: Int32 = 1) -> Int32 {
        System.complain(text, by: "rrsync: refused")
        log?.note("refused", exitCode: exitCode, text: text)
        return exitCode
    }

    private struct Trouble: Error, CustomStringConvertible {
        let description: String
        /// 1: forbidden; 4: not to be had here.
        var exitCode: Int32 = 1
    }

    private func serve(_ root: ConfinedTree, _ place: [UInt8], _ log: RestrictLog) throws -> Int32 {
        var policy = settings.policy
        policy.isWholeSystem = place == [UInt8(ascii: "/")]
        if settings.isAbsolute { policy.absoluteAlias = place }
        var request = try RestrictedRequest(command, policy: policy)
        let isWriting = !request.isSender
        if isWriting { try checkWritable(root, place) }
        // Readers disturb nobody (RSH-250). The descriptor is held until the process ends.
        let lock = isWriting && settings.locks ? DirectoryLock(place) : nil
        defer { withExtendedLifetime(lock) {} }
        // The first look-up loads what the C library needs for all of them.
        IdentityLookup().prepare()
        let report: Confinement.Report
        do throws(Confinement.Failure) {
            report = try Confinement.apply(
                roots: [
                    .init(descriptor: root.rootDescriptor, isWritable: isWriting || request.mayRemoveSources,
                        holdsNodes: policy.isWholeSystem)
                ], readingTables: true)
        } catch {
            throw Trouble(description: "cannot confine this process: \(errorText(error.errno))", exitCode: 4)
        }
        // RSH-352. The log tells which level was reached; a wall that should stand and does not ends everything.
        if report.landlockVersion != nil, !policy.isWholeSystem, !Confinement.refuses(listing: [UInt8(ascii: "/")]) {
            throw Trouble(description: "the confinement of this process does not work", exitCode: 4)
        }
        // Before the lock: whoever never says what they want keeps nobody else waiting.
        if request.isSecluded {
            try request.add(
                secluded: ConfinedServer.readSecluded(
                    interruption, within: settings.policy.longestTimeout > 0 ? settings.policy.longestTimeout : Self.patience))
        }
        try lock?.take(waiting: settings.lockWait, interruption)
        let arguments = try request.arguments { PathExpansion(root, matchesHidden: $1).names($0) }
        try request.checkLinks(of: arguments, in: .beneath(root))
        log.note("start", role: isWriting ? "receive" : "send", level: report.level)
        let status = try ConfinedServer(arguments, root: root, interruption: interruption).serve()
        log.note("end", exitCode: status)
        return status
    }

    /// RSH-212: whoever may write keys or start-up files may run what they like.
    private func checkWritable(_ root: ConfinedTree, _ place: [UInt8]) throws {
        guard !settings.allowsWritableHome, place != [UInt8(ascii: "/")] else { return }
        let home = System.variable("HOME").flatMap { System.resolved($0) }
        if let home, System.isBeneath(home, place) || System.isBeneath(place, home + Array("/.ssh".utf8)) {
            throw Trouble(description: "the home directory of this account must not be served for writing (--writable-home allows it)")
        }
    }
}
