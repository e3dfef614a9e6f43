import RsyncWire

/// What is fuzzed: every reader of bytes that a peer, a user or a file gives, and each role as a whole.
///
/// An input is a few bytes of choice (protocol, options) and then the bytes themselves. Whatever they are, `run` returns: an
/// error is a proper answer, a trap, a hang or memory without bound is a find. Finds are kept in `Vectors/fuzz/<target>/`.
public enum FuzzTarget: String, CaseIterable, Sendable {
    /// File lists with what follows them (FLS).
    case fileList = "file-list"
    /// Indexes, item attributes, sum heads, block sums, tokens, statistics, frames (XFR, SES).
    case structures
    /// Compressed token streams (XFR-84).
    case tokens
    /// Rules: texts, wire form, merge files, matching (FLT).
    case filters
    /// Command lines of clients and servers, secluded ones too (ARG).
    case arguments
    /// Requests of restricted keys, of reverse mode, and its opening (RSH, REV).
    case requests
    /// Trace files.
    case traces
    case clientReceiver = "client-receiver"
    case clientSender = "client-sender"
    case serverReceiver = "server-receiver"
    case serverSender = "server-sender"

    public func run(_ input: [UInt8]) {
        switch self {
        case .fileList: FuzzReaders.fileList(input)
        case .structures: FuzzReaders.structures(input)
        case .tokens: FuzzReaders.tokens(input)
        case .filters: FuzzTexts.filters(input)
        case .arguments: FuzzTexts.arguments(input)
        case .requests: FuzzTexts.requests(input)
        case .traces: FuzzTexts.traces(input)
        case .clientReceiver, .clientSender, .serverReceiver, .serverSender: FuzzSession(self, input).run()
        }
    }

    /// The role as a session sees it; nil for the readers.
    var role: (isServer: Bool, isSender: Bool)? {
        switch self {
        case .clientReceiver: (false, false)
        case .clientSender: (false, true)
        case .serverReceiver: (true, false)
        case .serverSender: (true, true)
        default: nil
        }
    }
}

/// The choices at the head of an input, taken byte by byte; behind the last one every choice is 0.
struct FuzzChoices {
    private(set) var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }
    mutating func bits() -> UInt16 { UInt16(byte()) | UInt16(byte()) << 8 }
    var bytes: [UInt8] { [UInt8](rest) }
}
