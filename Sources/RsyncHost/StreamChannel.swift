import Synchronization

/// One descriptor of a stream, with the mode it had.
final class StreamChannel: Sendable {
    let isNonBlocking: Bool
    private let number: Int32
    private let wasChanged: Bool
    private let owned: OpenFile?
    private let isClosed = Atomic<Bool>(false)

    /// - Parameter owned: the same descriptor, to be closed in the end; nil when it is only lent to us.
    init(_ descriptor: Int32, owned: Descriptor?) throws(SystemError) {
        number = descriptor
        let already = try System.isNonBlocking(descriptor)
        let isChannel = try System.isChannel(descriptor)
        let change = !already && isChannel
        if change { try System.setNonBlocking(descriptor, true) }
        wasChanged = change
        isNonBlocking = already || change
        self.owned = owned.map(OpenFile.init)
    }

    deinit { restore() }

    func raw() throws(SystemError) -> Int32 {
        guard !isClosed.load(ordering: .relaxed) else { throw .badDescriptor }
        return number
    }

    /// A borrowed descriptor is closed too: end of writing must reach the peer, and only closing tells a pipe.
    func close() {
        guard !isClosed.load(ordering: .relaxed) else { return }
        restore()
        isClosed.store(true, ordering: .relaxed)
        if let owned { owned.close() } else { System.closeBorrowed(number) }
    }

    func restore() {
        guard wasChanged, !isClosed.load(ordering: .relaxed) else { return }
        // The other holder lives on with what it gave us, as far as the descriptor still exists.
        try? System.setNonBlocking(number, false)
    }
}
