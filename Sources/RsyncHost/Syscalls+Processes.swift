import CSyscalls
import Glibc

/// Processes, signals, users and groups.
extension System {
    static func spawn(
        _ arguments: [[UInt8]], environment: [[UInt8]]?, directory: [UInt8]?, input: Int32, output: Int32, error: Int32
    ) throws(SystemError) -> Int32 {
        var pid: Int32 = 0
        let words = joined(arguments)
        let variables = environment.map(joined)
        let place = directory.map { SystemName(anything: $0).characters }
        let failure = unsafe ebb_spawn(
            &pid, words, arguments.count, variables, environment?.count ?? 0, place, input, output, error)
        guard failure == 0 else { throw SystemError(number: failure) }
        return pid
    }

    static func releaseProgram() { ebb_release_program() }

    private static func joined(_ strings: [[UInt8]]) -> [CChar] {
        // The NUL at the end keeps the address of an empty list valid.
        strings.flatMap { SystemName(anything: $0).characters } + [0]
    }

    static var environment: [[UInt8]] {
        var variables: [[UInt8]] = []
        while let variable = unsafe ebb_environment(variables.count) {
            unsafe variables.append(bytes(variable))
        }
        return variables
    }

    private static func bytes(_ string: UnsafePointer<CChar>) -> [UInt8] {
        unsafe UnsafeBufferPointer(start: string, count: strlen(string)).map { UInt8(bitPattern: $0) }
    }

    static func waitWithoutReaping(_ pid: Int32) throws(SystemError) {
        _ = try retrying { ebb_wait_without_reaping(pid) }
    }

    /// nil while it still runs, which a blocking call never answers.
    static func collect(_ pid: Int32, blocking: Bool) throws(SystemError) -> (bySignal: Bool, value: Int32)? {
        var bySignal: Int32 = 0
        var value: Int32 = 0
        let found = try retrying { unsafe ebb_collect(pid, blocking ? 1 : 0, &bySignal, &value) }
        return found == 0 ? nil : (bySignal != 0, value)
    }

    static func send(signal: Int32, to pid: Int32) throws(SystemError) { _ = try retrying { kill(pid, signal) } }

    static func catchSignal(_ number: Int32, waker: Descriptor) throws(SystemError) {
        _ = try retrying { ebb_catch_signal(number, waker.raw) }
    }

    static func occupyStandardDescriptors() { ebb_occupy_standard_descriptors() }

    static func ignoreSignal(_ number: Int32) throws(SystemError) { _ = try retrying { ebb_ignore_signal(number) } }

    static var caughtSignal: Int32 { ebb_caught_signal() }

    static func noteSignal(_ number: Int32) throws(SystemError) { _ = try retrying { ebb_note_signal(number) } }
    static func notedSignal(forget: Bool) -> Int32 { ebb_noted_signal(forget ? 1 : 0) }

    /// With those that end a process by default and of which people know: what is half-done is cleared away.
    static let terminationSignals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR2, siblingEnds]
    static let progressSignal = SIGVTALRM
    static let siblingEnds = SIGUSR1
    static let terminate = SIGTERM
    static let brokenPipeSignal = SIGPIPE
    static let fileSizeSignal = SIGXFSZ

    // MARK: Identity

    static var supplementaryGroups: [UInt32] {
        get throws(SystemError) {
            let count = try retrying { getgroups(0, nil) }
            guard count > 0 else { return [] }
            var groups = [gid_t](repeating: 0, count: Int(count))
            let got = try retrying { unsafe getgroups(count, &groups) }
            return [UInt32](groups[..<Int(got)])
        }
    }

    static func userName(_ uid: UInt32) -> [UInt8]? {
        lookUp { (buffer: inout [CChar]) in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let failure = unsafe getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
            return (failure, unsafe found.map { unsafe bytes($0.pointee.pw_name) })
        }
    }

    static func groupName(_ gid: UInt32) -> [UInt8]? {
        lookUp { (buffer: inout [CChar]) in
            var entry = unsafe group()
            var found: UnsafeMutablePointer<group>?
            let failure = unsafe getgrgid_r(gid, &entry, &buffer, buffer.count, &found)
            return (failure, unsafe found.map { unsafe bytes($0.pointee.gr_name) })
        }
    }

    static func userID(_ name: SystemName) -> UInt32? {
        lookUp { (buffer: inout [CChar]) in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let failure = unsafe getpwnam_r(name.characters, &entry, &buffer, buffer.count, &found)
            return (failure, unsafe found.map { unsafe $0.pointee.pw_uid })
        }
    }

    static func become(_ user: SystemName, _ group: SystemName?, oneThread: Bool) -> IdentityLookup.Becoming {
        let result =
            if let group {
                unsafe ebb_become(user.characters, group.characters, oneThread ? 1 : 0)
            } else {
                unsafe ebb_become(user.characters, nil, oneThread ? 1 : 0)
            }
        switch result {
        case 0: return .done
        case 1: return .unknownUser
        case 2: return .unknownGroup
        default: return .refused(errno)
        }
    }

    static func groupID(_ name: SystemName) -> UInt32? {
        lookUp { (buffer: inout [CChar]) in
            var entry = unsafe group()
            var found: UnsafeMutablePointer<group>?
            let failure = unsafe getgrnam_r(name.characters, &entry, &buffer, buffer.count, &found)
            return (failure, unsafe found.map { unsafe $0.pointee.gr_gid })
        }
    }

    /// Gives the look-up a larger buffer until its answer fits. A group can have very many members, but not without end.
    private static func lookUp<R>(_ call: (inout [CChar]) -> (failure: Int32, found: R?)) -> R? {
        var size = 1 << 10
        while size <= 16 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            let answer = call(&buffer)
            if answer.failure == EINTR { continue }
            guard answer.failure == ERANGE else { return answer.found }
            size *= 4
        }
        return nil
    }
}
