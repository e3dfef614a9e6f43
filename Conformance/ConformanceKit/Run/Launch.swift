import CConform
import Glibc
import PeerKit
import TraceKit

/// How a process of a cell is started: every one leads a group of its own and gets nothing that it is not given.
struct Launch {
    var words: [[UInt8]]
    var environment: [(name: String, value: [UInt8])]
    var directory: String
    var umask: mode_t = 0o022
    /// 0: the suite's own.
    var user: uid_t = 0
    /// In bytes; 0: none.
    var addressSpace: UInt = 0

    struct Failure: Error, CustomStringConvertible {
        let program: String
        let errno: Int32
        var description: String { "cannot start \(program): errno \(errno)" }
    }

    func start(input: Int32, output: Int32, errors: Int32) throws(Failure) -> RunningProcess {
        let name = words.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let program = Self.find(words.first ?? []) else { throw Failure(program: name, errno: ENOENT) }
        var process: pid_t = 0
        let variables = environment.map { Array("\($0.name)=".utf8) + $0.value }
        let code = unsafe CStrings.with([program + [0]]) { path in
            unsafe CStrings.with(words.map { $0 + [0] }) { arguments in
                unsafe CStrings.with(variables.map { $0 + [0] }) { variables in
                    unsafe CStrings.with([Array(directory.utf8) + [0]]) { directory in
                        var options = unsafe conform_start_options(
                            program: path[0], arguments: arguments, environment: variables, directory: directory[0],
                            input: input, output: output, errors: errors, mask: umask, user: user,
                            address_space: addressSpace)
                        return unsafe conform_start(&process, &options)
                    }
                }
            }
        }
        guard code == 0 else { throw Failure(program: name, errno: code) }
        LiveGroups.add(process)
        return RunningProcess(process)
    }

    /// Where PATH has the program; a word with a slash is the file itself.
    static func find(_ program: [UInt8]) -> [UInt8]? {
        if program.contains(0x2f) { return program }
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { Array("\($0)/".utf8) + program }
            .first { file in unsafe (file.withCPath { unsafe access($0, X_OK) }) == 0 }
    }
}

/// A child that is watched and waited for.
final class RunningProcess {
    let id: pid_t
    /// Polls readable once the process has ended.
    let watch: Int32
    private(set) var outcome: SpawnedProcess.Outcome?
    /// Largest resident size in KiB, known when it has ended.
    private(set) var peakKibibytes = 0
    /// Whether the suite killed it.
    private(set) var wasKilled = false

    init(_ id: pid_t) {
        self.id = id
        watch = conform_pidfd(id)
    }

    deinit {
        kill()
        if outcome == nil {
            var status: Int32 = 0
            while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        }
        // Orphans of the group, which were killed with it and are this process's by now.
        while waitpid(-id, nil, WNOHANG) > 0 {}
        if watch >= 0 { close(watch) }
        LiveGroups.remove(id)
    }

    /// Whether it has ended; never waits.
    func collect() -> Bool {
        guard outcome == nil else { return true }
        var status: Int32 = 0
        var peak = 0
        guard unsafe conform_wait(id, &status, &peak) == id else { return false }
        peakKibibytes = peak
        outcome = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
        return true
    }

    /// Ends the whole group. The id stays this child's until it is waited for, and its group's while a member lives.
    func kill() {
        guard outcome == nil || conform_group_is_alive(id) != 0 else { return }
        if outcome == nil { wasKilled = true }
        _ = Glibc.kill(-id, SIGKILL)
    }

    /// Whether a process of its group is there, itself apart.
    var hasLeftOvers: Bool { outcome != nil && conform_group_is_alive(id) != 0 }
}

/// Words as C wants them.
enum CStrings {
    /// Each ends with its own 0. The pointers are valid during the call.
    static func with<Result>(
        _ words: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let arena = UnsafeMutableBufferPointer<CChar>.allocate(capacity: words.reduce(1) { $0 + $1.count })
        let list = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        defer {
            unsafe arena.deallocate()
            unsafe list.deallocate()
        }
        var position = 0
        for (index, word) in words.enumerated() {
            unsafe list[index] = arena.baseAddress! + position
            for byte in word {
                unsafe arena[position] = CChar(bitPattern: byte)
                position += 1
            }
        }
        unsafe list[words.count] = nil
        return unsafe body(UnsafePointer(list.baseAddress!))
    }
}
