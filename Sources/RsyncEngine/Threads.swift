import Glibc

// The engine's two threads on the receiving side and what they wait on. The only file of the pure layers that
// touches the platform: it starts threads and waits, and does nothing else.

/// A mutex with a condition, over pthreads. The state is reached only through `withLock` and `wait`.
@safe package final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init(_ state: State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the state and wakes whoever waits, unless the change is nothing that anybody waits for.
    package func withLock<T>(waking: Bool = true, _ body: (inout State) -> T) -> T {
        unsafe pthread_mutex_lock(mutex)
        defer {
            if waking { unsafe pthread_cond_broadcast(condition) }
            unsafe pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Waits until `body` gives a value, at most `milliseconds` (0 = for ever); nil when the time is up.
    package func wait<T>(milliseconds: Int64, _ body: (inout State) -> T?) -> T? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        var deadline = timespec()
        if milliseconds > 0 {
            unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
            deadline.tv_sec += Int(milliseconds / 1000)
            deadline.tv_nsec += Int(milliseconds % 1000) * 1_000_000
            if deadline.tv_nsec >= 1_000_000_000 {
                deadline.tv_sec += 1
                deadline.tv_nsec -= 1_000_000_000
            }
        }
        while true {
            if let value = body(&state) { return value }
            if milliseconds > 0 {
                if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { return body(&state) }
            } else {
                unsafe pthread_cond_wait(condition, mutex)
            }
        }
    }
}

/// A thread that runs one closure to its end.
public final class WorkerThread: Sendable {
    private let ended = Monitor(false)

    /// Starts at once. False from `join` can not happen: the closure's end is all it waits for.
    public init(_ body: @escaping @Sendable () -> Void) {
        let ended = ended
        let box = unsafe Unmanaged.passRetained(
            Body {
                body()
                ended.withLock { $0 = true }
            })
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            }, box.toOpaque())
        unsafe pthread_attr_destroy(&attributes)
        precondition(result == 0, "no thread could be started")
    }

    /// Waits for the closure's end.
    public func join() { _ = ended.wait(milliseconds: 0) { $0 ? true : nil } }

    /// Waits no longer than that. False when the closure still runs.
    @discardableResult
    public func join(milliseconds: Int64) -> Bool { ended.wait(milliseconds: milliseconds) { $0 ? true : nil } ?? false }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
