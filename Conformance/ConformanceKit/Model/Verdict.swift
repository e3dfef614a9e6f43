/// What is said about one cell.
public enum Verdict: String, Sendable, Codable, CaseIterable {
    case pass
    /// Right in every MUST, not in a SHOULD.
    case passNonstrict = "pass-nonstrict"
    case fail
    /// The target says, or its features say, that it does not do this.
    case unsupported
    /// Something that the case needs is not on this machine.
    case skipped
    /// Fails, and is listed among the known failures.
    case expectedFail = "expected-fail"
    /// Listed among the known failures, and passes: the list is wrong, so the run fails.
    case unexpectedPass = "unexpected-pass"
    /// Of the suite itself.
    case error

    /// Whether a run with such a cell ends with 1.
    public var failsRun: Bool { self == .fail || self == .unexpectedPass }
}

/// How binding a clause is.
public enum Level: String, Sendable, Codable, CaseIterable {
    case must = "MUST"
    case should = "SHOULD"
    case may = "MAY"
    case note = "NOTE"
}

/// One thing that was not as it should be.
public struct Finding: Sendable, Codable, Equatable {
    /// Such as `FLS-28`; empty when it is about no clause in particular.
    public var clause: String
    /// What it is about: a field as `trace show` names it, or `exit`, `tree`, `memory`, …
    public var field: String
    /// In the bytes that the target wrote (raw, frames counted), when it is about bytes.
    public var offset: Int?
    public var text: String
    public var expected: [UInt8]
    public var found: [UInt8]
    /// Whether a MUST is broken.
    public var must: Bool

    public init(
        clause: String, field: String, offset: Int? = nil, text: String, expected: [UInt8] = [], found: [UInt8] = [],
        must: Bool = true
    ) {
        self.clause = clause
        self.field = field
        self.offset = offset
        self.text = text
        self.expected = expected
        self.found = found
        self.must = must
    }
}
