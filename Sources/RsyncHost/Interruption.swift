import RsyncEngine
import Synchronization

/// A switch that ends blocking calls: streams watch its descriptor beside their own.
public final class Interruption: Sendable {
    /// An eventfd. Once counted up it stays readable, so that every waiting thread sees it and late ones too.
    let waker: Descriptor
    private let tripped = Atomic<Bool>(false)
    private let watchesSignals = Atomic<Bool>(false)

    public init() throws(StreamSetupError) {
        do throws(SystemError) {
            waker = try System.makeEvent()
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    public var isTripped: Bool {
        tripped.load(ordering: .relaxed) || (watchesSignals.load(ordering: .relaxed) && System.caughtSignal != 0)
    }

    /// What a call that was ended so throws.
    public static var error: StreamError { System.caughtSignal == System.siblingEnds ? .endedBySibling : .interrupted }

    /// From now on a caught signal trips this, for those who never wait too.
    func watchSignals() { watchesSignals.store(true, ordering: .relaxed) }

    /// Ends all calls that watch this, now and later. There is no way back.
    public func trip() {
        tripped.store(true, ordering: .relaxed)
        do throws(SystemError) {
            _ = try System.writeSome(waker.raw, [1, 0, 0, 0, 0, 0, 0, 0], at: 0, count: 8)
        } catch {
            // EAGAIN: the counter is full, hence readable.
            assert(error == .wouldBlock, "an eventfd takes every addition or is full")
        }
    }

    /// Called by whoever saw the descriptor readable: a signal handler only writes there.
    func note() { tripped.store(true, ordering: .relaxed) }
}

/// A descriptor that cannot be made or prepared.
public struct StreamSetupError: Error, Sendable, Equatable {
    public let errno: Int32
    public init(errno: Int32) { self.errno = errno }
}
