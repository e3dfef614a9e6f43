import Glibc
import RsyncEngine
import RsyncHost
import Testing

private func words(_ words: String...) -> [[UInt8]] { words.map { Array($0.utf8) } }

private func everything(_ stream: FileDescriptorStream) throws -> String {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = try stream.read(into: &buffer, at: 0, count: buffer.count)
        if count == 0 { return String(decoding: all, as: UTF8.self) }
        all += buffer[..<count]
    }
}

@Suite struct ChildProcessTests {
    init() throws { try Signals.ignoreBrokenPipe() }

    @Test func talksToAChildAndLearnsItsExitCode() throws {
        let child = try ChildProcess(arguments: words("sh", "-c", "cat; echo oops >&2; exit 23"), errorOutput: .piped)
        try child.stream.write(Array("through".utf8), 0..<7)
        child.stream.closeWrite()
        #expect(try everything(child.stream) == "through")
        #expect(try everything(#require(child.errorOutput)) == "oops\n")
        #expect(try child.wait() == .exited(code: 23))
        #expect(try child.wait() == .exited(code: 23))
        #expect(try child.poll() == .exited(code: 23))
    }

    @Test func endsAChildByASignal() throws {
        let child = try ChildProcess(arguments: words("cat"), errorOutput: .discarded)
        #expect(try child.poll() == nil)
        child.terminate()
        #expect(try child.wait() == .killed(signal: SIGTERM))
        // Collected: its number may be somebody else's, so this must do nothing.
        child.terminate()
    }

    @Test func reportsAProgramThatDoesNotExist() {
        #expect(throws: StreamSetupError(errno: ENOENT)) {
            try ChildProcess(arguments: words("/nonexistent/program"))
        }
        #expect(throws: StreamSetupError(errno: EINVAL)) { try ChildProcess(arguments: []) }
        #expect(throws: StreamSetupError(errno: EINVAL)) { try ChildProcess(arguments: [[0x73, 0, 0x68]]) }
    }

    @Test func handsDownOurEnvironmentUnlessToldOtherwise() throws {
        let ours = ChildProcess.inheritedEnvironment
        #expect(ours.contains { $0.starts(with: "PATH=".utf8) })
        let child = try ChildProcess(arguments: words("sh", "-c", "echo $EBB_TEST; exit 0"), environment: ours + words("EBB_TEST=x"))
        #expect(try everything(child.stream) == "x\n")
        #expect(try child.wait() == .exited(code: 0))
    }

    @Test func handsDownThreeDescriptorsAndDefaultSignalsOnly() throws {
        let leaked = dup2(1, 77)
        defer { close(leaked) }
        let child = try ChildProcess(
            arguments: words(
                "/bin/sh", "-c", "echo /proc/$$/fd/*; grep SigIgn /proc/$$/status; echo $A$HOME; pwd"
            ),
            environment: words("A=b"), directory: Array("/".utf8))
        child.stream.closeWrite()
        let lines = try everything(child.stream).split(separator: "\n").map(String.init)
        #expect(try child.wait() == .exited(code: 0))
        try #require(lines.count == 4)
        let descriptors = lines[0].split(separator: " ").compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }
        // The shell itself may hold one for the directory it expands.
        #expect(descriptors.prefix(3) == [0, 1, 2] && !descriptors.contains(77))
        // 32 and 33 belong to the C library, which keeps them to itself.
        let ignored = try #require(lines[1].split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
        #expect(ignored & 0x7fff_ffff == 0)
        #expect(lines[2] == "b")
        #expect(lines[3] == "/")
    }
}

@Suite struct SignalTests {
    @Test func aCaughtSignalEndsReadsOfThoseWhoWaitAndOfThoseWhoDoNot() throws {
        let interruption = try Interruption()
        try Signals.install(interrupting: interruption)
        defer { for number in [SIGINT, SIGTERM, SIGHUP] { _ = signal(number, SIG_DFL) } }
        let child = try ChildProcess(arguments: words("cat"), interruption: interruption)
        try child.stream.write([1], 0..<1)
        #expect(Signals.caught == nil)
        // The test runner's own threads block all signals; one that does not stands in for a program's main thread.
        onThreads(1) { _ in
            var none = sigset_t()
            _ = unsafe sigemptyset(&none)
            _ = unsafe pthread_sigmask(SIG_SETMASK, &none, nil)
            raise(SIGHUP)
            raise(SIGTERM)
        }
        #expect(Signals.caught == SIGHUP)
        var buffer: [UInt8] = [0]
        #expect(throws: StreamError.interrupted) { try child.stream.read(into: &buffer, at: 0, count: 1) }
        #expect(throws: StreamError.interrupted) { try child.stream.write([1], 0..<1) }
        child.terminate()
        _ = try child.wait()
    }
}

@Suite struct IdentityTests {
    @Test func findsRootByNameAndNumber() {
        let lookup = IdentityLookup()
        for _ in 0..<2 {
            #expect(lookup.userName(0) == Array("root".utf8))
            #expect(lookup.groupName(0) == Array("root".utf8))
            #expect(lookup.userID(Array("root".utf8)) == 0)
            #expect(lookup.groupID(Array("root".utf8)) == 0)
            #expect(lookup.userName(3_999_999_999) == nil)
            #expect(lookup.userID(Array("no-such-user-here".utf8)) == nil)
            #expect(lookup.groupID([]) == nil)
            #expect(lookup.userID([0x72, 0, 0x78]) == nil)
        }
        #expect(IdentityLookup.groups.contains(IdentityLookup.effectiveGroupID))
        #expect(IdentityLookup.isRoot == (geteuid() == 0))
    }
}
