/// The gate's "no": `EBB/1 REFUSED <code> <text>` (REV-15).
public struct GateRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The codes of REV-15; an agent meets others from a newer gate.
    public enum Code: Sendable, Equatable, Hashable {
        case badRequest, notAllowed, busy, notNow, quota, failed
        case other(String)

        public static let known: [Code] = [.badRequest, .notAllowed, .busy, .notNow, .quota, .failed]

        public init(word: String) { self = Self.known.first { $0.word == word } ?? .other(word) }

        public var word: String {
            switch self {
            case .badRequest: "bad-request"
            case .notAllowed: "not-allowed"
            case .busy: "busy"
            case .notNow: "not-now"
            case .quota: "quota"
            case .failed: "failed"
            case .other(let word): word
            }
        }

        /// The gate's exit status.
        public var exitCode: Int32 {
            switch self {
            case .badRequest, .notAllowed, .other: 1
            case .busy, .notNow: 5
            case .failed: 11
            case .quota: 25
            }
        }
    }

    public let code: Code
    /// One line for people: printable, no path of the server in it (HOS-608).
    public let text: String

    /// REV-10.
    public static let maximumTextLength = 1024

    public init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }

    public var exitCode: Int32 { code.exitCode }
    public var description: String { "\(code.word): \(text)" }

    /// The text as it may stand in the opening: one line, no control characters, cut to the limit.
    var line: [UInt8] {
        let clean = text.utf8.map { isControl($0) ? UInt8(ascii: " ") : $0 }
        return clean.isEmpty ? [UInt8]("refused".utf8) : [UInt8](clean.prefix(Self.maximumTextLength))
    }
}
