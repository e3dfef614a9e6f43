@testable import ConformanceKit
import Glibc
import Testing
import TraceKit

/// The suite in the middle, between a target and a peer that are as simple as can be.
@Suite struct RelayTests {
    /// A peer that says one thing, ends its direction and keeps what it is told.
    private struct Speaker: ScriptedPeer {
        let words: [UInt8]
        var endsAtOnce = true

        func run(_ context: ScriptContext, _ lanes: ScriptLanes) -> ScriptOutcome {
            var position = 0
            while position < words.count {
                let count = unsafe words.withUnsafeBytes { unsafe write(lanes.writing, $0.baseAddress! + position, $0.count - position) }
                guard count > 0 else { return ScriptOutcome(ending: .targetLeft(step: position)) }
                position += count
            }
            if endsAtOnce { lanes.closeWrite() }
            var heard = [UInt8](repeating: 0, count: 4096)
            while case let count = unsafe read(lanes.reading, &heard, heard.count), count > 0 {}
            return ScriptOutcome(ending: .finished)
        }
    }

    /// `target` is a shell's text; it stands where a server would.
    private func session(
        _ target: String, _ words: [UInt8], seconds: Double = 10, endsAtOnce: Bool = true, stream: String = "{}",
        cut: (lane: StreamFaults.Lane, at: Int)? = nil
    ) throws -> Observation {
        signal(SIGPIPE, SIG_IGN)
        let one = try aCase(#""roles": ["server-sender"], "stream": \#(stream)"#)
        let context = ScriptContext(
            isServer: false, isSender: false, protocolNumber: 0, arguments: [], options: [], parsed: nil, source: nil,
            destination: nil, seed: 1, isStrict: false, deadline: .now, clause: "FLS-1")
        var plan = CellPlan(
            target: Launch(
                words: ["/bin/sh", "-c", target].map { Array($0.utf8) }, environment: [("PATH", Array("/usr/bin:/bin".utf8))],
                directory: "/tmp"),
            isTargetServer: true, peer: .scripted(Speaker(words: words, endsAtOnce: endsAtOnce), context), serverArguments: [],
            shellDirectory: "/tmp", stream: one.stream, seconds: seconds)
        plan.cut = cut
        return CellSession(plan).run()
    }

    private static let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    @Test(arguments: [#"{}"#, #"{"chunk": 1000}"#, #"{"pipe": 4096}"#, #"{"chunk": 7, "pipe": 4096}"#])
    func passesEveryByteBothWays(stream: String) throws {
        let seen = try session("cat", Self.bytes, stream: stream)
        #expect(seen.trouble == nil && seen.target == .exited(0))
        #expect(seen.bytes(.toServer) == Self.bytes && seen.bytes(.toClient) == Self.bytes)
    }

    @Test func passesBothWaysAtOnceWhateverTheSizeOfPipes() throws {
        // Writes all of its own before it reads anything: more than both pipes hold.
        let seen = try session("head -c 300000 /dev/zero; cat >/dev/null", Self.bytes, stream: #"{"pipe": 4096}"#)
        #expect(seen.target == .exited(0) && seen.bytes(.toClient).count == 300_000 && seen.bytes(.toServer) == Self.bytes)
    }

    @Test func flipsOneBitOnItsWay() throws {
        let seen = try session("cat", Self.bytes, stream: #"{"flip": {"at": 70000, "bit": 3}}"#)
        var flipped = Self.bytes
        flipped[70_000] ^= 8
        // Recorded is what each side wrote.
        #expect(seen.bytes(.toServer) == Self.bytes && seen.bytes(.toClient) == flipped)
    }

    @Test(arguments: [0, 1, 4096, 65_537])
    func cutsAtAnyByte(at: Int) throws {
        let seen = try session("cat >/dev/null; exit 3", Self.bytes, cut: (.target, at))
        #expect(seen.target == .exited(3))
        let counted = try session("head -c \(at) | wc -c; read x || exit 4", Self.bytes, cut: (.target, at))
        #expect(counted.target == .exited(4))
    }

    @Test func cutsWhatTheTargetSays() throws {
        let seen = try session("head -c 200000 /dev/zero && exit 5; exit 6", [], cut: (.peer, 10))
        #expect(seen.target == .exited(6), "its reader is gone")
    }

    @Test func slowsDown() throws {
        let seen = try session("cat", Array(Self.bytes.prefix(3000)), stream: #"{"slow": {"bytes-per-second": 6000}}"#)
        #expect(seen.seconds >= 0.4 && seen.bytes(.toClient).count == 3000)
    }

    @Test func stallsOnce() throws {
        let seen = try session("cat", Array(Self.bytes.prefix(3000)), stream: #"{"stall": {"at": 1000, "seconds": 0.3}}"#)
        #expect(seen.seconds >= 0.3 && seen.bytes(.toClient).count == 3000)
    }

    @Test func endsATargetWhoseTimeIsOver() throws {
        let seen = try session("sleep 60", [], seconds: 0.3, endsAtOnce: false)
        #expect(seen.target == nil && seen.seconds < 20)
    }

    @Test func tellsSignals() throws {
        #expect(try session("kill -SEGV $$", []).target == .signalled(SIGSEGV))
    }

    @Test func findsWhatIsLeftOver() throws {
        #expect(try session("sleep 30 </dev/null >/dev/null 2>&1 & exit 0", []).leftOver)
        #expect(try !session("sleep 0.1 </dev/null >/dev/null 2>&1 & wait", []).leftOver)
    }

    @Test func keepsStandardError() throws {
        let seen = try session("echo spoken >&2; exit 9", [])
        #expect(seen.targetErrors == Array("spoken\n".utf8) && seen.target == .exited(9))
    }

    @Test func measuresTheLargestResidentSize() throws {
        let seen = try session("dd if=/dev/zero of=/dev/null bs=200M count=1 2>/dev/null", [])
        #expect(seen.targetPeakKibibytes > 190 << 10)
    }
}
