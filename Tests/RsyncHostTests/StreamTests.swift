import Foundation
import Glibc
import RsyncEngine
import RsyncHost
import Synchronization
import Testing

/// Both ends of a pipe; closed by whoever is given them.
private func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    return (ends[0], ends[1])
}

private final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func append(_ more: some Collection<Element>) {
        let copy = Array(more)
        elements.withLock { $0 += copy }
    }
}

private func bothWays(
    timeout: Int32 = 0, interruption: Interruption? = nil
) throws -> (near: FileDescriptorStream, far: FileDescriptorStream) {
    let there = try makePipe()
    let back = try makePipe()
    return (
        try FileDescriptorStream(
            reading: back.reading, writing: there.writing, owning: true, timeoutSeconds: timeout,
            interruption: interruption),
        try FileDescriptorStream(reading: there.reading, writing: back.writing, owning: true)
    )
}

private func streamError(_ body: () throws -> Void) -> StreamError? {
    do {
        try body()
        return nil
    } catch {
        return error as? StreamError
    }
}

@Suite struct FileDescriptorStreamTests {
    init() throws { try Signals.ignoreBrokenPipe() }

    @Test func carriesMoreThanAPipeHoldsInBothDirectionsAtOnce() throws {
        let (near, far) = try bothWays(timeout: 60)
        let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let received = Collected<UInt8>()
        onThreads(3) { worker in
            // The far end echoes; near writes on one thread and reads on another.
            var buffer = [UInt8](repeating: 0, count: 10_000)
            do {
                switch worker {
                case 0:
                    try near.write(sent, 0..<sent.count)
                    near.closeWrite()
                case 1:
                    while true {
                        let count = try far.read(into: &buffer, at: 100, count: 9000)
                        if count == 0 { break }
                        try far.write(buffer, 100..<(100 + count))
                    }
                    far.closeWrite()
                default:
                    while true {
                        let count = try near.read(into: &buffer, at: 0, count: 10_000)
                        if count == 0 { break }
                        received.append(buffer[..<count])
                    }
                }
            } catch {
                Issue.record("worker \(worker): \(error)")
            }
        }
        #expect(received.all == sent)
    }

    @Test func readsZeroBytesAtEndOfStreamAgainAndAgain() throws {
        let (near, far) = try bothWays()
        far.closeWrite()
        var buffer: [UInt8] = [0]
        #expect(try near.read(into: &buffer, at: 0, count: 1) == 0)
        #expect(try near.read(into: &buffer, at: 0, count: 1) == 0)
    }

    @Test func waitsForInputWithoutTakingIt() throws {
        let (near, far) = try bothWays(timeout: 1)
        #expect(try !near.waitForInput(milliseconds: 0))
        #expect(try !near.waitForInput(milliseconds: 5))
        try far.write([7], 0..<1)
        #expect(try near.waitForInput(milliseconds: 60_000))
        var buffer: [UInt8] = [0]
        #expect(try near.read(into: &buffer, at: 0, count: 1) == 1)
        // Short turns add up to the timeout.
        #expect(streamError { while try !near.waitForInput(milliseconds: 10) {} } == .timedOut(seconds: 1))
        far.closeWrite()
        #expect(try near.waitForInput(milliseconds: 60_000), "end of stream is something to read")
    }

    @Test func timesOutWhenNothingMoves() throws {
        let (near, far) = try bothWays(timeout: 1)
        var buffer: [UInt8] = [0]
        #expect(streamError { _ = try near.read(into: &buffer, at: 0, count: 1) } == .timedOut(seconds: 1))
        let large = [UInt8](repeating: 0, count: 1 << 20)
        #expect(streamError { try near.write(large, 0..<large.count) } == .timedOut(seconds: 1))
        withExtendedLifetime(far) {}
    }

    @Test func tellsABrokenPipeFromASignal() throws {
        let ends = try makePipe()
        let idle = try makePipe()
        close(ends.reading)
        let stream = try FileDescriptorStream(reading: idle.reading, writing: ends.writing, owning: true)
        #expect(streamError { try stream.write([1], 0..<1) } == .writeFailed(errno: EPIPE))
        stream.closeWrite()
        #expect(streamError { try stream.write([1], 0..<1) } == .writeFailed(errno: EPIPE))
        close(idle.writing)
    }

    @Test func endsBlockedCallsWhenInterrupted() throws {
        let interruption = try Interruption()
        let (near, far) = try bothWays(interruption: interruption)
        let errors = Collected<StreamError?>()
        onThreads(3) { worker in
            switch worker {
            case 0:
                var buffer: [UInt8] = [0]
                let error = streamError { _ = try near.read(into: &buffer, at: 0, count: 1) }
                errors.append([error])
            case 1:
                let large = [UInt8](repeating: 0, count: 1 << 20)
                let error = streamError { try near.write(large, 0..<large.count) }
                errors.append([error])
            default: interruption.trip()
            }
        }
        #expect(errors.all == [.interrupted, .interrupted])
        #expect(interruption.isTripped)
        withExtendedLifetime(far) {}
    }

    @Test func stillSaysItsLastWordsWhenInterrupted() throws {
        let interruption = try Interruption()
        let (near, far) = try bothWays(interruption: interruption)
        interruption.trip()
        #expect(near.writeFarewell(Array("bye".utf8), milliseconds: 5000))
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(try far.read(into: &buffer, at: 0, count: 8) == 3)
        // To a peer that takes nothing it does not wait for ever.
        #expect(!near.writeFarewell([UInt8](repeating: 0, count: 1 << 20), milliseconds: 50))
    }

    @Test func takesWhatStillComesBeforeItLeaves() throws {
        let ends = try makePipe()
        onThreads(2) { worker in
            if worker == 0 {
                // More than the pipe holds: ends only if it is read.
                #expect(Diagnostics.write([UInt8](repeating: 0x78, count: 300_000), to: ends.writing))
                close(ends.writing)
            } else {
                FileDescriptorStream.discardInput(of: ends.reading, milliseconds: 60_000)
            }
        }
        var rest: UInt8 = 0
        #expect(unsafe read(ends.reading, &rest, 1) == 0)
        close(ends.reading)
        let silent = try makePipe()
        FileDescriptorStream.discardInput(of: silent.reading, milliseconds: 1)
        close(silent.reading)
        close(silent.writing)
    }

    @Test func writesDiagnosticsCompletelyToANonBlockingPipe() throws {
        let ends = try makePipe()
        _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
        let text = [UInt8](repeating: 0x78, count: 200_000)
        let received = Collected<UInt8>()
        onThreads(2) { worker in
            if worker == 0 {
                #expect(Diagnostics.write(text, to: ends.writing))
                close(ends.writing)
                return
            }
            var buffer = [UInt8](repeating: 0, count: 10_000)
            while true {
                let count = unsafe Glibc.read(ends.reading, &buffer, buffer.count)
                if count <= 0 { break }
                received.append(buffer[..<count])
            }
        }
        close(ends.reading)
        #expect(received.all == text)
    }

    @Test func restoresTheModeOfBorrowedDescriptors() throws {
        let ends = try makePipe()
        let other = try makePipe()
        func isNonBlocking(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 }
        do {
            let stream = try FileDescriptorStream(reading: ends.reading, writing: other.writing)
            #expect(isNonBlocking(ends.reading) && isNonBlocking(other.writing))
            withExtendedLifetime(stream) {}
        }
        #expect(!isNonBlocking(ends.reading) && !isNonBlocking(other.writing))
        for descriptor in [ends.reading, ends.writing, other.reading, other.writing] { close(descriptor) }
    }

    @Test func readsOrdinaryFilesAndWorksOverOneSocket() throws {
        let sandbox = try Sandbox()
        try sandbox.write("f", "file content")
        let file = unsafe Glibc.open(sandbox.root + "/f", O_RDWR)
        let stream = try FileDescriptorStream(reading: file, writing: file, owning: true, timeoutSeconds: 5)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try stream.read(into: &buffer, at: 0, count: 100) == 12)
        #expect(try stream.read(into: &buffer, at: 0, count: 100) == 0)

        var ends: [Int32] = [-1, -1]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let near = try FileDescriptorStream(reading: ends[0], writing: ends[0], owning: true)
        let far = try FileDescriptorStream(reading: ends[1], writing: ends[1], owning: true)
        try near.write(Array("ping".utf8), 0..<4)
        near.closeWrite()
        #expect(try far.read(into: &buffer, at: 0, count: 100) == 4)
        #expect(try far.read(into: &buffer, at: 0, count: 100) == 0)
        try far.write(Array("pong!".utf8), 0..<5)
        #expect(try near.read(into: &buffer, at: 0, count: 100) == 5)
    }
}
