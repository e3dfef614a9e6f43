import CConform
import Glibc
import TraceKit

/// Bytes on their way from one side to the other, with what the suite does to them.
struct Lane {
    let source: Held
    let target: Held
    let direction: Trace.Direction

    /// Bytes a write.
    var chunk: Int?
    /// Offset from which nothing passes any more: the connection is cut there.
    var cut: Int?
    var flip: (at: Int, bit: Int)?
    var stall: (at: Int, seconds: Double)?
    var bytesPerSecond: Int?

    private var buffer: [UInt8] = []
    /// Of the buffer: what is still to be written.
    private var position = 0
    private var filled = 0
    /// Bytes read from the source so far, and written to the target.
    private(set) var taken = 0
    private(set) var given = 0
    private(set) var isClosed = false
    private(set) var sawEnd = false
    private var resumes: ContinuousClock.Instant?

    static let bufferSize = 64 << 10
    /// Of a slow lane a second has so many writes.
    private static let writesPerSecond = 50

    /// Both descriptors are this lane's alone, and become non-blocking.
    init(from source: Int32, to target: Int32, _ direction: Trace.Direction) {
        self.source = Held(source)
        self.target = Held(target)
        self.direction = direction
        Pipes.setNonBlocking(source)
        Pipes.setNonBlocking(target)
    }

    /// What to wait for, and until when at most.
    enum Want { case read(Int32), write(Int32), pause(until: ContinuousClock.Instant), nothing }

    func want(_ now: ContinuousClock.Instant) -> Want {
        guard !isClosed else { return .nothing }
        if let resumes, now < resumes { return .pause(until: resumes) }
        return position == filled ? .read(source.descriptor) : .write(target.descriptor)
    }

    /// Whether the connection is cut now.
    var isCut: Bool { cut.map { given >= $0 } ?? false }

    /// Moves what can be moved; `keep` gets what was read, as it was read.
    mutating func step(_ now: ContinuousClock.Instant, keep: (ArraySlice<UInt8>) -> Void) {
        guard !isClosed else { return }
        if position == filled { fill(keep) }
        if position < filled, resumes.map({ now >= $0 }) ?? true { drain(now) }
    }

    private mutating func fill(_ keep: (ArraySlice<UInt8>) -> Void) {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.bufferSize) }
        let count = unsafe read(source.descriptor, &buffer, Self.bufferSize)
        let reason = errno
        position = 0
        filled = max(count, 0)
        if count > 0 {
            keep(buffer[..<count])
            if let flip, (taken..<(taken + count)).contains(flip.at) { buffer[flip.at - taken] ^= 1 << UInt8(flip.bit) }
            taken += count
        } else if count == 0 || reason != EAGAIN && reason != EINTR {
            sawEnd = true
            end()
        }
    }

    private mutating func drain(_ now: ContinuousClock.Instant) {
        var most = min(filled - position, chunk ?? .max)
        if let stall {
            if given >= stall.at {
                self.stall = nil
                resumes = now + .seconds(stall.seconds)
                return
            }
            most = min(most, stall.at - given)
        }
        if let bytesPerSecond { most = min(most, max(1, bytesPerSecond / Self.writesPerSecond)) }
        if let cut { most = min(most, cut - given) }
        guard most > 0 else { return }
        let count = unsafe buffer.withUnsafeBytes { bytes in
            unsafe write(target.descriptor, bytes.baseAddress! + position, most)
        }
        if count > 0 {
            position += count
            given += count
            if let bytesPerSecond { resumes = now + .seconds(Double(count) / Double(bytesPerSecond)) }
        } else if errno != EAGAIN, errno != EINTR {
            end()
        }
    }

    /// Nothing passes any more: the one side reads an end, the other cannot write.
    mutating func end() {
        guard !isClosed else { return }
        isClosed = true
        // A socket may carry the other lane too, on a descriptor of that lane's own. What is no socket refuses this.
        shutdown(target.descriptor, Int32(SHUT_WR))
        shutdown(source.descriptor, Int32(SHUT_RD))
        target.close()
        source.close()
    }
}
