import PeerKit

/// Who does what in a cell. "We" are this project's engine; the other side is always a real rsync.
enum Role: String, CaseIterable, Sendable {
    case wePull = "we-pull"
    case wePush = "we-push"
    case stockPulls = "stock-pulls"
    case stockPushes = "stock-pushes"

    /// Whether the source argument is the remote one.
    var isPull: Bool { self == .wePull || self == .stockPulls }
    var isOurClient: Bool { self == .wePull || self == .wePush }
}

/// The jobs, each beginning where stock rsync's run of the one before it ended.
enum Step: String, CaseIterable, Sendable {
    case firstCopy = "first-copy"
    case deltaUpdate = "delta-update"
    case delete
    case hardLinks = "hard-links"
    case noChange = "no-change"

    /// Which of the sources is copied.
    var source: Int {
        switch self {
        case .firstCopy: 0
        case .deltaUpdate, .delete: 1
        case .hardLinks, .noChange: 2
        }
    }

    var index: Int { Self.allCases.firstIndex(of: self)! }
}

/// One peer speaking one protocol.
struct Column: Sendable, Hashable {
    let peer: Peer
    let number: Int32
    let incremental: Bool

    /// `3.5.0/30`; `3.5.0/30-whole` without incremental recursion.
    var name: String { "\(peer.version)/\(number)\(incremental ? "" : "-whole")" }

    /// The options of the client in a step, whoever that is. Which cells number their owners, and which way of
    /// deletion is taken, follows from the protocol so that each occurs with each.
    func options(_ step: Step) -> [String] {
        var words = ["-aH", "--protocol=\(number)", "--no-whole-file"]
        if (Int(number) + step.index) % 2 == 0 { words.append("--numeric-ids") }
        if !incremental { words.append("--no-inc-recursive") }
        if step == .delete {
            words.append(["--delete", "--delete-before", "--delete-during", "--delete-after"][Int(number) % 4])
        }
        return words
    }
}

/// One job of the matrix.
struct Cell: Sendable {
    let role: Role
    let step: Step
    let column: Column

    var name: String { "\(role.rawValue)/\(step.rawValue)/\(column.name)" }
}

/// How a cell ended; an empty list of reasons is success.
struct Verdict: Sendable {
    let cell: Cell
    let reasons: [String]
}

/// The cells to run: all, or those that `EBB_CELL` names: `ROLE/STEP/PEER/PROTOCOL`, where a `*` or what is left out
/// at the end stands for anything.
struct CellSelection: Sendable {
    private let parts: [Substring]

    init(_ text: String?) { parts = (text ?? "").split(separator: "/") }

    func contains(_ cell: Cell) -> Bool {
        let names = cell.name.split(separator: "/")
        return parts.count <= names.count && zip(parts, names).allSatisfy { $0 == "*" || $0 == $1 }
    }

    var isEverything: Bool { parts.isEmpty }
}
