import RsyncEngine
import RsyncHost
import Synchronization

/// Passes a session through and says every few seconds how much of it there was.
final class CountedStream: ByteStream {
    /// Nanoseconds between two lines.
    private static let interval: Int64 = 2_000_000_000

    private let stream: FileDescriptorStream
    private let say: @Sendable (String) -> Void
    private let sent = Atomic<Int64>(0)
    private let received = Atomic<Int64>(0)
    private let began = ContinuousClock.now
    private let lastSaid = Atomic<Int64>(0)

    init(_ stream: FileDescriptorStream, say: @escaping @Sendable (String) -> Void) {
        self.stream = stream
        self.say = say
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        let count = try stream.read(into: &buffer, at: offset, count: count)
        received.add(Int64(count), ordering: .relaxed)
        return count
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        try stream.write(bytes, range)
        sent.add(Int64(range.count), ordering: .relaxed)
        let elapsed = began.duration(to: .now)
        let now = elapsed.components.seconds * 1_000_000_000 + elapsed.components.attoseconds / 1_000_000_000
        let last = lastSaid.load(ordering: .relaxed)
        // One writer at a time, so nobody comes in between.
        if now - last >= Self.interval {
            lastSaid.store(now, ordering: .relaxed)
            sayFigures("")
        }
    }

    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        try stream.waitForInput(milliseconds: milliseconds)
    }

    func closeWrite() { stream.closeWrite() }

    func limitSilence(toSeconds seconds: Int32) { stream.limitSilence(toSeconds: seconds) }

    func finish() { sayFigures("in all ") }

    private func sayFigures(_ prefix: String) {
        say("\(prefix)sent \(kilobytes(sent)) KB, received \(kilobytes(received)) KB")
    }

    private func kilobytes(_ counter: borrowing Atomic<Int64>) -> Int64 {
        (counter.load(ordering: .relaxed) + 500) / 1000
    }
}
