import RsyncProtocol
import RsyncWire
import Synchronization
import Testing

@testable import RsyncEngine

// Limits of time: what a server may say about them, and what does not keep a session going.

extension HostileSenderTests {
    /// SES-104, HOS-32: a shorter limit of the server's counts, and nothing else does.
    @Test(arguments: [(0, 7, 7), (30, 7, 7), (5, 7, nil), (30, 0, nil), (30, -1, nil), (30, Int32.max, nil), (0, 86_401, nil)] as [(Int32, Int32, Int32?)])
    func adoptsShorterTimeLimits(own: Int32, asked: Int32, adopted: Int32?) throws {
        let stream = LimitedStream(asked)
        let input = ProtocolInput(stream: stream)
        input.startMultiplexing()
        input.timeLimits = .adopted(own: own)
        #expect(try input.parse { reader throws(WireError) in try reader.byte() } == 1)
        #expect(stream.limit.withLock { $0 } == adopted)
    }

    /// A time limit in a frame, then one byte of data.
    private final class LimitedStream: ByteStream {
        let limit = Mutex<Int32?>(nil)
        private let bytes: Mutex<[UInt8]>

        init(_ asked: Int32) {
            var writer = ByteWriter()
            FrameHeader(code: .ioTimeout, length: 4).write(to: &writer)
            writer.int32(asked)
            FrameHeader(code: .data, length: 1).write(to: &writer)
            writer.byte(1)
            bytes = Mutex(writer.bytes)
        }

        func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
            let given = bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
            for (index, byte) in given.enumerated() { buffer[offset + index] = byte }
            return given.count
        }
        func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {}
        func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool { true }
        func closeWrite() {}
        func limitSilence(toSeconds seconds: Int32) { limit.withLock { $0 = seconds } }
    }

    @Test func signsOfLifeAloneDoNotKeepASessionGoing() throws {
        var run = HostileRun()
        let clock = JumpingClock(step: 1000)
        run.milliseconds = { clock.read() }
        run.options.timeout = 3
        let result = try run.run { peer in
            // Until nobody listens any more.
            while (try? peer.raw([0, 0, 0, 7])) != nil {}
        }
        #expect(result.exitCode == 30)
    }
}
