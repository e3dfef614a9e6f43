import Synchronization

/// A descriptor that can be let go before its owner is. A user that is in the middle of a call keeps it open until
/// the call is done, so a number is never reused under anybody's hands.
final class OpenFile: Sendable {
    private let descriptor: Mutex<Descriptor?>

    init(_ descriptor: Descriptor) { self.descriptor = Mutex(descriptor) }

    /// EBADF once closed.
    func held() throws(SystemError) -> Descriptor {
        guard let held = descriptor.withLock({ $0 }) else { throw .badDescriptor }
        return held
    }

    func close() { descriptor.withLock { $0 = nil } }
}
