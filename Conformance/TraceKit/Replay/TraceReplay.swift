import RsyncDigest
import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire

/// Our engine in the place of the recorded client, against the recorded server's bytes, from memory.
public struct TraceReplay: Sendable {
    /// Bytes that one read gives; nil = everything there is.
    public static let chunks: [Int?] = [1, 7, 4096, nil]

    public enum Verdict: Sendable, Equatable {
        case same
        /// Not replayed, and why.
        case skipped(String)
        case different([ReplayDifference])
    }

    private let trace: Trace
    private let session: DissectedSession
    private let options: ReplayOptions
    /// Archives' bytes; nil = an empty tree.
    private let source: [UInt8]?
    private let destination: [UInt8]?
    public let obstacle: String?

    /// - Parameter archive: gives the bytes of a tree that the head names.
    public init(_ trace: Trace, archive: (String) throws -> [UInt8]) throws {
        self.trace = trace
        var dissector = Dissector(trace)
        session = try dissector.startUp()
        options = try ReplayOptions(trace.header)
        let server = session.options
        obstacle =
            server.obstacle()
            ?? options.unknown.first.map { "the option \($0) is not known to the replay" }
            ?? ReplayTolerance.obstacle(trace.header)
            ?? (trace.header.sourceTree == nil ? "the source tree is not known" : nil)
        source = obstacle == nil ? try trace.header.sourceTree.map(archive) : nil
        destination = obstacle == nil ? try trace.header.destinationTree.map(archive) : nil
    }

    /// One replay. `output` is what our side said, frames taken off: the same for every chunk size when it sends.
    public func run(chunk: Int?) throws -> (verdict: Verdict, output: [UInt8]) {
        if let obstacle { return (.skipped(obstacle), []) }
        let sourceTree = MemoryTree(), destinationTree = MemoryTree()
        if let source { try TreeArchive.fill(sourceTree, from: source) }
        if let destination { try TreeArchive.fill(destinationTree, from: destination) }
        let hasNanoseconds = session.traits.hasNanoseconds

        var peer = ReplayDecoder(session, .toClient)
        peer.append(trace.bytes(.toClient))
        var counterpart = ReplayDecoder(session, .toServer)
        counterpart.append(trace.bytes(.toServer))
        for (name, decoder) in [("peer", peer), ("recorded client", counterpart)] {
            if let failure = decoder.failure {
                return (.different([difference(name, "-", "the recording is not understood: \(failure.reason)", failure.offset)]), [])
            }
        }
        for placed in session.isPush ? counterpart.items : peer.items {
            guard case .list(let list) = placed.item else { continue }
            for tree in [sourceTree, destinationTree] { ReplayTolerance.restoreTimes(of: list.entries, in: tree) }
        }
        let before = try TreeContents(destinationTree, hasNanoseconds: hasNanoseconds)
        let stream = ReplayStream(
            bytes: trace.bytes(.toClient), items: peer.items, isSender: !session.isPush, chunk: chunk ?? .max,
            output: ReplayDecoder(session, .toServer))
        if !session.isPush {
            // A recorded sender was ahead of its client, and which link of a group is asked for depends on what is known.
            destinationTree.before(.status, ".") { _, count in if count == 1 { stream.waitUntilHeldBack() } }
        }
        let observer = CollectingObserver()
        let result = runEngine(stream, observer, sourceTree, destinationTree)
        let outcome = stream.outcome

        var comparison = ReplayComparison(session: session, recorded: counterpart, ours: outcome.output)
        comparison.end(result, taken: outcome.taken, of: trace.bytes(.toClient).count, stalled: outcome.stalled, said: observer.texts())
        comparison.startUp()
        comparison.rules()
        if session.isPush {
            comparison.lists()
            comparison.replies(source: sourceTree, destination: destinationTree)
        } else {
            comparison.requests()
            let wanted = peer.items.flatMap { placed -> [[UInt8]] in
                if case .list(let list) = placed.item { return list.entries.map(\.name) }
                return []
            }
            try comparison.tree(
                destinationTree, before: before, source: sourceTree, names: Set(wanted),
                deletes: options.transfer.deletion != nil, hardLinks: options.transfer.preserveHardLinks)
        }
        return (comparison.differences.isEmpty ? .same : .different(comparison.differences), outcome.output.data)
    }

    private func difference(_ field: String, _ clause: String, _ text: String, _ offset: Int) -> ReplayDifference {
        ReplayDifference(field: field, clause: clause, offset: offset, text: text, recorded: [], ours: [])
    }

    private func runEngine(
        _ stream: ReplayStream, _ observer: CollectingObserver, _ source: MemoryTree, _ destination: MemoryTree
    ) -> SessionResult {
        var reader = ByteReader(trace.bytes(.toServer))
        let announced = (try? reader.int32()) ?? trace.header.protocolNumber
        let configuration = SessionConfiguration(
            isServer: false, isSender: session.isPush,
            version: ProtocolVersion(min(announced, ProtocolVersion.newest.number)) ?? .newest,
            capabilities: options.capabilities, seed: 0)
        let environment = SessionEnvironment(
            identities: MemoryIdentities(users: [0: "root"], groups: [0: "root"]), umask: 0o022, milliseconds: { 0 })
        let engine = Session(
            configuration: configuration, options: options.transfer, stream: stream, observer: observer,
            environment: environment)
        if session.isPush {
            return engine.runSender([
                SourceArgument(tree: source, wireName: [0x2e], start: .root, namesContents: true)
            ])
        }
        let requested = RequestedNames(
            arguments: [[UInt8]("src/".utf8)],
            options: RequestedNames.Options(relative: false, recursive: options.transfer.recursive, directories: false))
        return engine.runReceiver(Opener(Destination(tree: destination, wasCreated: self.destination == nil)), requested: requested)
    }

    private final class Opener: DestinationOpener {
        let destination: Destination
        init(_ destination: Destination) { self.destination = destination }
        func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination { destination }
    }
}

/// Where our side and the recorded one part.
public struct ReplayDifference: Sendable, Equatable, CustomStringConvertible {
    public let field: String
    public let clause: String
    /// In the recorded counterpart's direction, frames counted.
    public let offset: Int
    public let text: String
    /// The first bytes of the field as recorded and as ours, where there are any.
    public let recorded: [UInt8]
    public let ours: [UInt8]

    public var description: String {
        var line = "\(field) [\(clause)] at \(String(offset, radix: 16)): \(text)"
        if !recorded.isEmpty || !ours.isEmpty {
            line += "\n  recorded \(FieldText.hexadecimal(Array(recorded.prefix(48))))"
            line += "\n  ours     \(FieldText.hexadecimal(Array(ours.prefix(48))))"
        }
        return line
    }
}
