import RsyncProtocol

/// What the generator has asked of the sender and not heard about yet: what the receiver measures every reply by.
///
/// A reply, a NO_SEND or a DONE that nothing asked for ends the session with exit 2 (HOS-302, HOS-303, SES-133): a file
/// that was never asked for is not stored, one that has arrived is not replaced, and no list is released early. The
/// generator's thread adds before it writes; the receiver's thread takes.
final class Outstanding: Sendable {
    /// A request as it went out: the reply must repeat it (XFR-55, HOS-300, HOS-301).
    struct Request: Sendable, Equatable {
        var head: SumHead
        var basis: BasisType
        /// The name of a fuzzy basis.
        var xname: [UInt8] = []
    }

    private struct State {
        var requests: [Int32: Request] = [:]
        /// DONE values written that the sender has not answered.
        var marks = 0
        var isCancelled = false
        /// Everything below has been looked at once.
        var passed: Int32 = .min
    }

    private let state = Monitor(State())

    func add(_ index: Int32, _ request: Request) { state.withLock { $0.requests[index] = request } }

    /// nil when nothing, or nothing any more, was asked for under this index.
    func take(_ index: Int32) -> Request? { state.withLock { $0.requests.removeValue(forKey: index) } }

    func contains(_ index: Int32) -> Bool { state.withLock { $0.requests[index] != nil } }

    var count: Int { state.withLock { $0.requests.count } }

    /// A DONE is about to be written.
    func addMark() { state.withLock { $0.marks += 1 } }

    /// False for a DONE of the sender that answers none of ours.
    func takeMark() -> Bool {
        state.withLock { state in
            guard state.marks > 0 else { return false }
            state.marks -= 1
            return true
        }
    }

    // MARK: Reading a batch (XFR-145)

    // What a batch says comes whenever it is read, so that the receiver waits for the generator to come there, too.

    func pass(_ index: Int32) { state.withLock { $0.passed = max($0.passed, index + 1) } }

    /// Waits until it is known whether the file is wanted; nil when it is not. `isCertain`: it will be asked for.
    func awaitRequest(_ index: Int32, isCertain: Bool) -> Request? {
        state.wait(milliseconds: 0) { state -> Request?? in
            if let request = state.requests.removeValue(forKey: index) { return .some(request) }
            return state.isCancelled || !isCertain && state.passed > index ? .some(nil) : nil
        } ?? nil
    }

    func awaitPass(_ index: Int32) {
        _ = state.wait(milliseconds: 0) { $0.passed > index || $0.isCancelled ? true : nil }
    }

    enum Mark: Equatable { case ended, missing([Int32]), cancelled }

    /// Waits for a DONE of the generator. What it wants of `list` and cannot get keeps it from writing one: that is told
    /// instead. At the end of a phase everything still wanted is told before the DONE.
    func awaitMark(ofList list: Range<Int32>?) -> Mark {
        state.wait(milliseconds: 0) { state -> Mark? in
            if state.isCancelled { return .cancelled }
            let isDue = list.map { state.passed >= $0.upperBound } ?? (state.marks > 0)
            let missing = isDue ? state.requests.keys.filter { list?.contains($0) ?? true }.sorted() : []
            if !missing.isEmpty {
                for index in missing { state.requests[index] = nil }
                return .missing(missing)
            }
            guard state.marks > 0 else { return nil }
            state.marks -= 1
            return .ended
        } ?? .cancelled
    }

    /// The generator has failed: the receiver stops at the next token.
    func cancel() { state.withLock { $0.isCancelled = true } }
    var isCancelled: Bool { state.withLock { $0.isCancelled } }
}
