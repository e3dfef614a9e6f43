import RsyncProtocol

/// Sees, while a session is recorded, when its generator writes its first wish and when it has written them all: at its first
/// mark (SES-129). In between its words are held back, so that no file has been opened for a wish when they go on.
struct WishWatch {
    private let session: SessionGuess
    private let act: () -> Void
    private var isDone = false
    /// Between the first wish and the first mark.
    private(set) var isHolding = false

    /// Who writes wishes.
    var generator: Trace.Direction { session.role == .push ? .toClient : .toServer }

    init(_ command: [[UInt8]], _ act: @escaping () -> Void) {
        session = SessionGuess(command: WishWatch.words(command), recording: Trace.Recording())
        self.act = act
    }

    /// A line for a shell is looked through for its words.
    private static func words(_ command: [[UInt8]]) -> [[UInt8]] {
        command.flatMap { $0.split(separator: 0x20).map { [UInt8]($0) } }
    }

    /// Whether `isHolding` is another now. Acts when it ends.
    mutating func look(_ recording: Trace.Recording) -> Bool {
        guard !isDone else { return false }
        let trace = Trace(header: session.header(peer: "unknown", exitStatus: nil), recording: recording)
        var dissector = Dissector(trace)
        guard let settled = try? dissector.startUp() else { return false }
        var decoder = ReplayDecoder(settled, generator)
        decoder.append(trace.bytes(generator))
        var wishes = false, marks = false
        for placed in decoder.items {
            switch placed.item {
            case .request: wishes = true
            case .done: marks = true
            default: break
            }
        }
        if marks {
            isDone = true
            act()
        }
        let before = isHolding
        isHolding = wishes && !marks
        return isHolding != before
    }
}
