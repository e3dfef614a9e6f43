import RsyncDigest
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Synchronization
import Testing
import TraceKit

@testable import RsyncEngine

/// The other end of a session, doing what a script says and nothing else: well-formed up to the point at which it lies.
final class ScriptedPeer {
    let connection: Connection
    private let stream: MemoryStream
    private let indexesOut: IndexWriter
    private let indexesIn: IndexReader
    private var encoder: FileListEncoder

    fileprivate init(_ stream: MemoryStream, isSender: Bool, incremental: Bool, options: TransferOptions) throws {
        self.stream = stream
        let input = ProtocolInput(stream: stream)
        let output = ProtocolOutput(stream: stream, role: "peer")
        let configuration = SessionConfiguration(
            isServer: isSender, isSender: isSender, capabilities: HostileRun.capabilities(incremental), seed: 1)
        connection = try Handshake(configuration: configuration, options: options, input: input, output: output)
            .perform()
        input.beforeBlocking = { () throws(SessionError) in try output.flush() }
        indexesOut = IndexWriter(connection)
        indexesIn = IndexReader(connection)
        encoder = FileListEncoder(
            format: connection.fileListFormat(options), userName: { _ in nil }, groupName: { _ in nil })
    }

    // MARK: As the sender

    /// The rules of the client, of which there are none.
    func readFilters() throws { _ = try read { reader throws(WireError) in try reader.int32() } }

    /// A list as it is given. `of`: the number of the directory it is announced for.
    func list(_ entries: [FileEntry], start: Int32, of directory: Int32? = nil) throws {
        if let directory { try index(FileIndex.fileListOffset - directory) }
        encoder.beginList(startIndex: start)
        for entry in entries { try connection.output.write { encoder.encode(entry, into: &$0) } }
        try connection.output.write { encoder.encodeEnd(errors: 0, into: &$0) }
    }

    /// The next request for data: its index, attributes and sum head; the sums are skipped.
    func request() throws -> (index: Int32, attributes: ItemAttributes, head: SumHead) {
        let traits = connection.traits
        while true {
            let index = try indexesIn.read()
            guard index >= 0 else { continue }
            let attributes = try read { reader throws(WireError) in try ItemAttributes(reading: &reader, traits: traits) }
            guard attributes.flags.contains(.transfer) else { continue }
            let digest = connection.transferChecksum.digestLength
            let head = try read { reader throws(WireError) in
                try SumHead(reading: &reader, traits: traits, digestLength: digest)
            }
            for _ in 0..<head.count {
                _ = try read { reader throws(WireError) in
                    try BlockSum(reading: &reader, strongLength: Int(head.strongLength))
                }
            }
            return (index, attributes, head)
        }
    }

    /// Reads until the generator ends a list or phase.
    func awaitDone() throws {
        while try indexesIn.read() != FileIndex.done {}
    }

    /// Everything after the last request, as an honest sender has it.
    func end(_ figures: TransferStatistics = TransferStatistics(bytesRead: 0, bytesWritten: 0, totalSize: 0)) throws {
        let traits = connection.traits
        for phase in 0..<3 {
            try awaitDone()
            try index(FileIndex.done)
            if phase == 2 { try connection.output.write { figures.write(to: &$0, traits: traits) } }
        }
        try awaitDone()
        try index(FileIndex.done)
        try awaitDone()
    }

    func reply(
        _ index: Int32, _ head: SumHead = .null, _ tokens: [PlainToken] = [], literal: [UInt8] = [], sum: [UInt8]? = nil,
        flags: ItemFlags = .transfer, basis: BasisType = .destination, xname: [UInt8] = []
    ) throws {
        try item(index, flags, basis: basis, xname: xname)
        try connection.output.write { head.write(to: &$0) }
        for token in tokens { try connection.output.write { token.write(to: &$0) } }
        if !literal.isEmpty {
            try connection.output.write { PlainToken.literal(literal.count).write(to: &$0) }
            try connection.output.write { $0.bytes(literal) }
        }
        var hasher = FileHasher(variant: connection.transferChecksum, seed: connection.seed)
        hasher.update(literal)
        let right = hasher.finish()
        try connection.output.write { PlainToken.end.write(to: &$0) }
        try connection.output.write { $0.bytes(sum ?? right) }
    }

    // MARK: As either

    func index(_ index: Int32) throws { try indexesOut.write(index) }

    func item(_ index: Int32, _ flags: ItemFlags, basis: BasisType = .destination, xname: [UInt8] = []) throws {
        try self.index(index)
        let traits = connection.traits
        let attributes = ItemAttributes(flags: flags, basis: basis, xname: xname)
        try connection.output.write { attributes.write(to: &$0, traits: traits) }
    }

    /// A request with this sum head and no sums.
    func ask(_ index: Int32, _ head: SumHead = .null) throws {
        try item(index, .transfer)
        try connection.output.write { head.write(to: &$0) }
    }

    func data(_ bytes: [UInt8]) throws { try connection.output.write { $0.bytes(bytes) } }

    func message(_ code: MessageCode, _ payload: [UInt8]) throws { try connection.output.send(code, payload) }

    /// Bytes outside all frames.
    func raw(_ bytes: [UInt8]) throws {
        try connection.output.flush()
        try stream.write(bytes, 0..<bytes.count)
    }

    func flush() throws { try connection.output.flush() }

    private func read<T>(_ body: (inout ByteReader) throws(WireError) -> T) throws -> T {
        try connection.input.parse(body)
    }
}

/// One session of ours against a scripted peer.
struct HostileRun {
    var options = TransferOptions()
    var incremental = false
    /// Ours receives, as a client; or sends, as a server.
    var weReceive = true
    var tree = MemoryTree()
    var milliseconds: @Sendable () -> Int64 = { 0 }

    static func capabilities(_ incremental: Bool) -> Capabilities {
        Capabilities(optionValue: [UInt8](Capabilities.offered(incremental: incremental).utf8))
    }

    init() {
        options.recursive = true
        options.preserveLinks = true
        options.preserveTimes = true
        options.preservePermissions = true
    }

    private final class Opener: DestinationOpener {
        let tree: MemoryTree
        init(_ tree: MemoryTree) { self.tree = tree }
        func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination { Destination(tree: tree) }
    }

    private struct Box: @unchecked Sendable { let session: Session }

    /// The result of our side. The script runs on this thread; when it ends or fails, the peer hangs up.
    func run(
        _ location: SourceLocation = #_sourceLocation, _ script: (ScriptedPeer) throws -> Void
    ) throws -> SessionResult {
        var options = options
        options.allowsIncrementalRecursion = incremental
        let (client, server) = MemoryStream.pair(capacity: 1 << 20)
        let (own, theirs) = weReceive ? (client, server) : (server, client)
        let configuration = SessionConfiguration(
            isServer: !weReceive, isSender: !weReceive, capabilities: Self.capabilities(incremental), seed: 1)
        let environment = SessionEnvironment(identities: MemoryIdentities(), umask: 0o022, milliseconds: milliseconds)
        let box = Box(
            session: Session(
                configuration: configuration, options: options, stream: own, observer: CollectingObserver(),
                environment: environment))
        let result = Monitor<SessionResult?>(nil)
        let (tree, weReceive) = (tree, weReceive)
        let thread = WorkerThread {
            let ended =
                weReceive
                ? box.session.runReceiver(Opener(tree))
                : box.session.runSender([SessionRig.contents(of: tree)])
            own.close()
            result.withLock { $0 = ended }
        }
        do {
            let peer = try ScriptedPeer(theirs, isSender: weReceive, incremental: incremental, options: options)
            if weReceive { try peer.readFilters() } else { try peer.data([0, 0, 0, 0]) }
            try script(peer)
            try peer.flush()
        } catch is SessionError {
            // Ours has hung up on it.
        }
        theirs.closeWrite()
        let ended = result.wait(milliseconds: 20_000) { $0 }
        theirs.close()
        own.close()
        let sure = try #require(ended, "the session hangs", sourceLocation: location)
        thread.join()
        return sure
    }
}

/// A clock that goes on by so much whenever it is looked at.
final class JumpingClock: Sendable {
    private let now = Atomic<Int64>(0)
    let step: Int64
    init(step: Int64) { self.step = step }
    func read() -> Int64 { now.add(step, ordering: .relaxed).newValue }
}
