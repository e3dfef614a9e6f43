import RsyncProtocol
import Synchronization
import Testing

@testable import RsyncEngine

/// A peer that takes nothing any more.
@Suite struct SilentPeerTests {
    /// SES-149: how often the time limit has passed while something was written.
    private final class StalledStream: ByteStream {
        let tries = Mutex(0)

        func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int { throw .timedOut(seconds: 2) }
        func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
            tries.withLock { $0 += 1 }
            throw .timedOut(seconds: 2)
        }
        func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool { false }
        func closeWrite() {}
        func limitSilence(toSeconds seconds: Int32) {}
    }

    /// What has failed once is not tried again when the session ends: each try waits for the whole limit.
    @Test func isWaitedForOnce() {
        let stream = StalledStream()
        let output = ProtocolOutput(stream: stream, role: "sender")
        for _ in 0..<3 {
            #expect(throws: SessionError(exitCode: 30, "[sender] io timeout after 2 seconds -- exiting")) {
                try output.write([1, 2, 3], 0..<3)
                try output.flush()
            }
        }
        output.close()
        #expect(stream.tries.withLock { $0 } == 1)
    }

    /// Where it was a read that waited, what is still to be written is not waited for.
    @Test func isNotWrittenToAfterARead() throws {
        let stream = StalledStream()
        let output = ProtocolOutput(stream: stream, role: "generator")
        try output.write([1, 2, 3], 0..<3)
        output.giveUp(.stream(.timedOut(seconds: 2), role: "receiver"))
        output.close()
        #expect(stream.tries.withLock { $0 } == 0)
    }
}
