import CSyscalls
import Glibc

/// Calls on descriptors that may wait: pipes, sockets, terminals.
extension System {
    /// One call, without a retry on EAGAIN; 0 is end of stream.
    static func readSome(
        _ descriptor: Int32, into buffer: inout [UInt8], at offset: Int, count: Int
    ) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= buffer.count, "a read stays in its buffer")
        return try retrying { unsafe ebb_read(descriptor, &buffer, offset, count) }
    }

    /// One call; how many bytes went.
    static func writeSome(
        _ descriptor: Int32, _ bytes: [UInt8], at offset: Int, count: Int
    ) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0 && offset + count <= bytes.count, "a write stays in its buffer")
        return try retrying { unsafe ebb_write(descriptor, bytes, offset, count) }
    }

    enum Direction {
        case input, output
        var events: Int16 { Int16(self == .input ? POLLIN : POLLOUT) }
    }

    enum Wake: Equatable { case ready, woken, elapsed }

    /// Waits until `descriptor` can move bytes (or has failed, which the next call will tell), until `waker` becomes
    /// readable or until the time is over. -1 milliseconds: for ever.
    static func wait(
        _ descriptor: Int32, _ direction: Direction, waker: Int32?, milliseconds: Int32
    ) throws(SystemError) -> Wake {
        var watched = [pollfd(fd: descriptor, events: direction.events, revents: 0)]
        if let waker { watched.append(pollfd(fd: waker, events: Int16(POLLIN), revents: 0)) }
        let count = unsafe poll(&watched, nfds_t(watched.count), milliseconds)
        if count < 0 {
            let number = errno
            // A signal: the caller looks at its clock and its waker and comes back.
            guard number == EINTR else { throw SystemError(number: number) }
            return .elapsed
        }
        if watched.count > 1, watched[1].revents != 0 { return .woken }
        return watched[0].revents != 0 ? .ready : .elapsed
    }

    /// Nanoseconds of a clock that nobody sets.
    static func monotonicNanoseconds() -> Int64 {
        var now = timespec()
        // Cannot fail with this clock and a valid place to write to.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    static func isNonBlocking(_ descriptor: Int32) throws(SystemError) -> Bool {
        try retrying { ebb_status_flags(descriptor) } & O_NONBLOCK != 0
    }

    static func setNonBlocking(_ descriptor: Int32, _ on: Bool) throws(SystemError) {
        let flags = try retrying { ebb_status_flags(descriptor) }
        _ = try retrying { ebb_set_status_flags(descriptor, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) }
    }

    /// Pipes and sockets: what has another process at its other end.
    static func isChannel(_ descriptor: Int32) throws(SystemError) -> Bool {
        var found = ebb_status()
        _ = try retrying { unsafe ebb_fstatat(descriptor, SystemName.empty.characters, atEmptyPath, &found) }
        return found.mode & S_IFMT == S_IFIFO || found.mode & S_IFMT == S_IFSOCK
    }

    /// For sockets, where closing one direction is not closing the descriptor. ENOTSOCK on anything else.
    static func shutdownWrite(_ descriptor: Int32) throws(SystemError) {
        _ = try retrying { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    static func makeEvent() throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { ebb_eventfd() })
    }

    /// Both ends close-on-exec and none of them 0, 1 or 2, so that they can be put there in a child in any order.
    static func makePipe() throws(SystemError) -> (reading: Descriptor, writing: Descriptor) {
        var ends: [Int32] = [-1, -1]
        _ = try retrying { unsafe ebb_pipe(&ends) }
        let reading = Descriptor(owning: ends[0])
        let writing = Descriptor(owning: ends[1])
        return (try aboveStandard(reading), try aboveStandard(writing))
    }

    private static func aboveStandard(_ descriptor: Descriptor) throws(SystemError) -> Descriptor {
        guard descriptor.raw <= 2 else { return descriptor }
        return try duplicate(descriptor.raw)
    }

    static func duplicate(_ descriptor: Int32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try retrying { ebb_duplicate_high(descriptor) })
    }

    /// Closes a borrowed descriptor. A standard one is replaced by /dev/null instead, so that its number cannot be given
    /// to the next file opened, which a stray diagnostic would then be written into.
    static func closeBorrowed(_ descriptor: Int32) {
        if descriptor <= 2 {
            let null = try? open(trustedPath: SystemName(anything: Array("/dev/null".utf8)), flags: O_RDWR | O_CLOEXEC)
            if let null, dup2(null.raw, descriptor) == descriptor { return }
        }
        _ = Glibc.close(descriptor)
    }
}
