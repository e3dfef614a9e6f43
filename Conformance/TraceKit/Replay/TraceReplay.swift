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
    private let beside: [UInt8]?
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
            ?? trace.header.losses.first.map { "its \($0) are not as they were recorded" }
            ?? options.unknown.first.map { "the option \($0) is not known to the replay" }
            ?? ReplayTolerance.obstacle(trace.header)
            ?? (trace.header.sourceTree == nil ? "the source tree is not known" : nil)
        source = obstacle == nil ? try trace.header.sourceTree.map(archive) : nil
        beside = obstacle == nil ? try trace.header.besideTree.map(archive) : nil
        destination = obstacle == nil ? try trace.header.destinationTree.map(archive) : nil
    }

    /// One replay. `output` is what our side said, frames taken off: the same for every chunk size when it sends.
    public func run(chunk: Int?) throws -> (verdict: Verdict, output: [UInt8]) {
        if let obstacle { return (.skipped(obstacle), []) }
        let sourceTree = MemoryTree()
        // One file system with what stands beside, as links between the two want it.
        let box = MemoryTree(device: 0x802)
        if let beside { try TreeArchive.fill(box, from: beside) }
        box.directory("dst")
        let destinationTree = try box.subtree("dst")
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
        let isKeptInSeconds = trace.header.peer == "rsync_bpc" && !session.isPush
        for placed in session.isPush ? counterpart.items : peer.items {
            guard case .list(let list) = placed.item else { continue }
            for tree in [sourceTree, destinationTree] { ReplayTolerance.restoreTimes(of: list.entries, in: tree, wholeSeconds: isKeptInSeconds) }
        }
        let left = try leftAlone(sourceTree, destinationTree)
        let before = try TreeContents(destinationTree, hasNanoseconds: hasNanoseconds)
        let stream = ReplayStream(
            bytes: trace.bytes(.toClient), items: peer.items, refusals: peer.refusals, isSender: !session.isPush, chunk: chunk ?? .max,
            output: ReplayDecoder(session, .toServer))
        if !session.isPush {
            // A recorded sender was ahead of its client, and which link of a group is asked for depends on what is known.
            destinationTree.before(.status, ".") { _, count in if count == 1 { stream.waitUntilHeldBack() } }
        }
        interfere(sourceTree, destinationTree)
        let observer = CollectingObserver()
        let result = try runEngine(stream, observer, sourceTree, destinationTree, box)
        let outcome = stream.outcome

        var comparison = ReplayComparison(session: session, recorded: counterpart, ours: outcome.output)
        comparison.end(result, expected: trace.header.exitStatus ?? 0, taken: outcome.taken, of: trace.bytes(.toClient).count, stalled: outcome.stalled, said: observer.texts())
        comparison.startUp()
        comparison.rules()
        if session.isPush {
            comparison.lists()
            comparison.replies(source: sourceTree, destination: destinationTree, beside: try alternates(in: box))
        } else {
            comparison.requests()
            var wanted = peer.items.flatMap { placed -> [[UInt8]] in
                if case .list(let list) = placed.item { return list.entries.map(\.name) }
                return []
            }
            // What the sender could not open any more.
            if let deed = trace.header.interference, deed.deed == .remove { wanted.removeAll { $0 == Self.place(deed, "src") } }
            try comparison.tree(
                destinationTree, before: before, source: sourceTree, names: Set(wanted),
                leaving: left, deletes: options.transfer.deletion != nil, hardLinks: options.transfer.preserveHardLinks)
        }
        return (comparison.differences.isEmpty ? .same : .different(comparison.differences), outcome.output.data)
    }

    private func difference(_ field: String, _ clause: String, _ text: String, _ offset: Int) -> ReplayDifference {
        ReplayDifference(field: field, clause: clause, offset: offset, text: text, recorded: [], ours: [])
    }

    /// The path of a deed below `src` or `dst`; nil when it is in the other one.
    private static func place(_ deed: TraceHeader.Interference, _ root: String) -> [UInt8]? {
        deed.path.hasPrefix("\(root)/") ? [UInt8](deed.path.utf8.dropFirst(root.utf8.count + 1)) : nil
    }

    /// What the recorder did to the trees is done to ours at the like moment: when the file is opened for the data.
    private func interfere(_ source: MemoryTree, _ destination: MemoryTree) {
        guard let deed = trace.header.interference else { return }
        switch deed.deed {
        case .remove:
            guard let path = Self.place(deed, "src") else { return }
            source.fail(.open, String(decoding: path, as: UTF8.self), errno: FileError.notFound)
        case .alter:
            guard let path = Self.place(deed, "dst").map({ String(decoding: $0, as: UTF8.self) }) else { return }
            // The first time is the generator's, for the sums.
            destination.before(.open, path) { tree, count in
                if count == 2 { tree.overwrite(path) { $0[0] ^= 0xff } }
            }
        }
    }

    /// Names about which the trees alone do not say what comes of them: what an append finds no shorter than its source, the
    /// root where only some names were asked for, and what rules or a limit may keep from being deleted.
    private func leftAlone(_ source: MemoryTree, _ destination: MemoryTree) throws -> (_ name: [UInt8], _ isSent: Bool) -> Bool {
        let appends = options.transfer.append != .off, hasNames = options.nameFile != nil
        let keepsSome = options.transfer.deletion != nil && (options.transfer.deletionLimit != nil || !options.transfer.filters.isEmpty)
        var full: Set<[UInt8]> = []
        if appends {
            for name in try TreeContents(destination, hasNanoseconds: false).items.keys {
                let path = String(decoding: name, as: UTF8.self)
                guard let old = destination.bytes(path), let new = source.bytes(path) else { continue }
                if old.count >= new.count { full.insert(name) }
            }
        }
        return { [full] name, isSent in full.contains(name) || hasNames && name == [0x2e] || keepsSome && !isSent }
    }

    private func alternates(in box: MemoryTree) throws -> [MemoryTree] {
        try options.alternates.map { try box.subtree(String($0.drop { $0 == "." || $0 == "/" })) }
    }

    private func runEngine(
        _ stream: ReplayStream, _ observer: CollectingObserver, _ source: MemoryTree, _ destination: MemoryTree,
        _ box: MemoryTree
    ) throws -> SessionResult {
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
        let names = options.nameFile.flatMap { box.bytes($0) }
        let arguments =
            names.map { content in
                NameList.forwarded(content, nulTerminated: false).map { NameList.confined($0, relative: options.transfer.relative) }
            } ?? [[UInt8]("src/".utf8)]
        let requested = RequestedNames(
            arguments: arguments,
            options: RequestedNames.Options(
                relative: options.transfer.relative, recursive: options.transfer.recursive,
                directories: options.transfer.listDirectories))
        let place = Destination(tree: destination, alternates: try alternates(in: box), wasCreated: self.destination == nil)
        return engine.runReceiver(
            Opener(place), requested: requested, names: names.map { NameList.wireForm($0, nulTerminated: false) })
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
