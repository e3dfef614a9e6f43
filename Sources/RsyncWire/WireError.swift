/// Why bytes could not be read as the structure they should be.
///
/// Two outcomes must never be mixed (CONTRIBUTING, rule 5): `needsMore` says that the bytes so far are a proper
/// beginning; everything else says that no continuation can make them right.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; the only part that takes part in equality.
    public enum Code: Sendable, Equatable {
        /// The bytes end inside the structure; read more and start it again.
        case needsMore
        /// A value that the protocol does not allow here.
        case malformed
        /// A value above (or below) a limit of this implementation or of the protocol.
        case outOfRange
        /// Text or a name that must not be accepted: absolute, `..`, NUL, not asked for.
        case forbiddenName
    }

    public let code: Code
    /// The name of the field as the specification calls it.
    public let field: StaticString
    /// The clause that is broken, such as `FLS-46`.
    public let clause: StaticString
    /// Offset of the field from the start of the structure, in bytes.
    public let offset: Int
    /// The offending value, where it is a number.
    public let value: Int64?
    /// Exit status that the reference uses for this defect (SES-159).
    public let exitCode: Int32

    @inline(never)
    public init(
        _ code: Code, field: StaticString, clause: StaticString, offset: Int, value: Int64? = nil, exitCode: Int32 = 12
    ) {
        self.code = code
        self.field = field
        self.clause = clause
        self.offset = offset
        self.value = value
        self.exitCode = exitCode
    }

    /// The one error that asks for more bytes. Cheap: readers throw it at every chunk border.
    public static let needsMore = WireError(.needsMore, field: "", clause: "SES-22", offset: 0)

    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    public var description: String {
        switch code {
        case .needsMore: return "the data ends too early"
        case .malformed, .outOfRange, .forbiddenName:
            let shown = value.map { " (\($0))" } ?? ""
            let kind =
                switch code {
                case .outOfRange: "out of range"
                case .forbiddenName: "not an acceptable name"
                default: "malformed"
                }
            return "\(field)\(shown) is \(kind) at offset \(offset) [\(clause)]"
        }
    }
}
