import RsyncProtocol

/// Sees, while a session is recorded, when its generator writes its first wish: the list is through then, and no file has been
/// opened to be sent.
struct WishWatch {
    private let session: SessionGuess
    private let act: () -> Void
    private var isDone = false
    /// Who writes wishes.
    private var generator: Trace.Direction { session.role == .push ? .toClient : .toServer }

    init(_ command: [[UInt8]], _ act: @escaping () -> Void) {
        session = SessionGuess(command: WishWatch.words(command), recording: Trace.Recording())
        self.act = act
    }

    /// A line for a shell is looked through for its words.
    private static func words(_ command: [[UInt8]]) -> [[UInt8]] {
        command.flatMap { $0.split(separator: 0x20).map { [UInt8]($0) } }
    }

    /// Acts once.
    mutating func look(_ recording: Trace.Recording) {
        guard !isDone else { return }
        let trace = Trace(header: session.header(peer: "unknown", exitStatus: nil), recording: recording)
        var dissector = Dissector(trace)
        guard let settled = try? dissector.startUp() else { return }
        var decoder = ReplayDecoder(settled, generator)
        decoder.append(trace.bytes(generator))
        isDone = decoder.items.contains { if case .request = $0.item { true } else { false } }
        if isDone { act() }
    }
}
