import RsyncEngine

/// What needs no stream yet, or none any more.
extension FileDescriptorStream {
    /// Takes what still comes, up to its end or for so long. A peer that is still writing when this process ends would meet a
    /// broken pipe before it has read why.
    public static func discardInput(of descriptor: Int32, milliseconds: Int32) {
        let end = System.monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let left = end - System.monotonicNanoseconds(), left > 0 {
            guard let wake = try? System.wait(descriptor, .input, waker: nil, milliseconds: Int32(left / 1_000_000 + 1)) else { return }
            guard wake == .ready else { continue }
            do throws(SystemError) {
                guard try System.readSome(descriptor, into: &buffer, at: 0, count: buffer.count) > 0 else { return }
            } catch {
                guard error == .wouldBlock else { return }
            }
        }
    }

    /// To be called before anything is opened: a standard stream that whoever started us has closed leads nowhere.
    public static func occupyStandardStreams() { System.occupyStandardDescriptors() }

    /// Two streams over two pipes, each reading what the other writes: both sides of a copy in one process.
    public static func pair(
        interruption: Interruption? = nil
    ) throws(StreamSetupError) -> (near: FileDescriptorStream, far: FileDescriptorStream) {
        do throws(SystemError) {
            let forth = try System.makePipe()
            let back = try System.makePipe()
            return (
                try FileDescriptorStream(
                    reading: back.reading, writing: forth.writing, timeoutSeconds: 0, interruption: interruption),
                try FileDescriptorStream(
                    reading: forth.reading, writing: back.writing, timeoutSeconds: 0, interruption: interruption)
            )
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }
}
