import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// Which protocol, with or without incremental recursion, over which pipes, and who started whom.
struct Setting: Sendable, CustomTestStringConvertible {
    var version: Int32 = 32
    var incremental = true
    var capacity = 65536
    /// The client sends.
    var isPush = true

    var testDescription: String {
        "\(version)\(incremental ? "" : " in one list") \(isPush ? "push" : "pull") pipes of \(capacity)"
    }

    /// 27 to 32 as each recurses by itself, and 30 and 32 with everything in one list.
    static let versions: [(Int32, Bool)] = [
        (27, false), (28, false), (29, false), (30, true), (30, false), (31, true), (32, true), (32, false),
    ]

    static func all(_ capacities: [Int]) -> [Setting] {
        versions.flatMap { version, incremental in
            capacities.flatMap { capacity in
                [true, false].map {
                    Setting(version: version, incremental: incremental, capacity: capacity, isPush: $0)
                }
            }
        }
    }

    /// Every version both ways over pipes that are no matter.
    static let plain = all([65536])
    /// Every version both ways over pipes of every size.
    static let everyPipe = all([1, 7, 4096, 65536])

    /// Protocol 27 tracks regular files only (FLS-69).
    var linksEveryKind: Bool { version > 27 }

    /// The client's capability letters (ARG-11, ARG-14).
    func offered(_ options: TransferOptions) -> [UInt8] {
        guard version >= 30 else { return [] }
        return [UInt8](
            Capabilities.offered(incremental: options.allowsIncrementalRecursion(isSender: isPush)).utf8)
    }
}

/// What became of both ends.
struct Outcome {
    let sender: SessionResult
    let receiver: SessionResult
    let senderSaid: CollectingObserver
    let receiverSaid: CollectingObserver
    let toServer: MemoryPipe
    let toClient: MemoryPipe
    let isPush: Bool

    /// What a user at the client's end sees.
    var client: SessionResult { isPush ? sender : receiver }
    private func words(_ result: SessionResult) -> String {
        String(decoding: result.error?.message.bytes ?? [], as: UTF8.self)
    }

    /// The exit status at the client: its own, else that of the remote shell, which is the server's (SES-161).
    var exitCode: Int32 {
        let server = isPush ? receiver : sender
        return client.exitCode != 0 ? client.exitCode : server.exitCode
    }
    var exitCodes: [Int32] { [sender.exitCode, receiver.exitCode] }
    var story: String {
        """
        sender \(sender.exitCode) \(words(sender)) \(senderSaid.texts()) \
        receiver \(receiver.exitCode) \(words(receiver)) \(receiverSaid.texts())
        """
    }
}

/// Two sessions back to back.
struct SessionRig {
    var setting: Setting
    var options = TransferOptions()
    /// Rules of the client; the server learns them.
    var filters = FilterList()
    /// Where rule files outside of the trees are; without it rules that read files are refused.
    var filterFiles: (any FilterFileReader & Sendable)?
    var sources: [SourceArgument]
    var destination: Destination
    var requested: RequestedNames?
    /// What each end makes of names (FLS-138).
    var senderNames: (any NameConverter)?
    var receiverNames: (any NameConverter)?
    /// Names that the receiving side forwards: items directly inside the tree of the one source.
    var forwards: [UInt8]?
    var serverPipe: MemoryPipe?
    var clientPipe: MemoryPipe?
    var timeoutSeconds: Int64 = 60

    /// The whole of one tree into another, recursively, with everything that a backup preserves.
    init(_ setting: Setting, _ source: MemoryTree, _ destination: MemoryTree) {
        self.setting = setting
        sources = [Self.contents(of: source)]
        self.destination = Destination(tree: destination)
        options.recursive = true
        options.preserveLinks = true
        options.preservePermissions = true
        options.preserveOwner = true
        options.preserveGroup = true
        options.preserveDevices = true
        options.preserveSpecials = true
        options.preserveTimes = true
        options.rootMode = .root
        options.allowsIncrementalRecursion = setting.incremental
    }

    static func contents(of tree: MemoryTree) -> SourceArgument {
        SourceArgument(tree: tree, wireName: [0x2e], start: .root, namesContents: true)
    }

    private final class Opener: DestinationOpener {
        let destination: Destination
        init(_ destination: Destination) { self.destination = destination }
        func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination { destination }
    }

    /// Results as the two threads deliver them.
    private struct Results {
        var sender: SessionResult?
        var receiver: SessionResult?
    }

    /// Runs both ends to their end. When they have not finished in time, the pipes are closed and the test fails.
    func run(_ location: SourceLocation = #_sourceLocation) throws -> Outcome {
        let toServer = serverPipe ?? MemoryPipe(capacity: setting.capacity)
        let toClient = clientPipe ?? MemoryPipe(capacity: setting.capacity)
        let (client, server) = MemoryStream.pair(toServer: toServer, toClient: toClient)
        let senderSaid = CollectingObserver()
        let receiverSaid = CollectingObserver()
        let results = Monitor(Results())
        let sender = session(isSender: true, stream: setting.isPush ? client : server, senderSaid)
        let receiver = session(isSender: false, stream: setting.isPush ? server : client, receiverSaid)
        let (sources, opener, requested) = (sources, Opener(destination), setting.isPush ? nil : requested)
        let forwards = forwards
        let threads = [
            WorkerThread {
                let result =
                    forwards == nil
                    ? sender.session.runSender(sources)
                    : sender.session.runSender(namesFromPeer: { names in
                        var opened = OpenedSources()
                        opened.arguments = names.map {
                            SourceArgument(
                                tree: sources[0].tree, wireName: $0, start: MemoryTree.path(String(decoding: $0, as: UTF8.self)),
                                namesContents: false)
                        }
                        return opened
                    })
                sender.stream.close()
                results.withLock { $0.sender = result }
            },
            WorkerThread {
                let result = receiver.session.runReceiver(opener, requested: requested, names: forwards)
                receiver.stream.close()
                results.withLock { $0.receiver = result }
            },
        ]
        func both(within seconds: Int64) -> (SessionResult, SessionResult)? {
            results.wait(milliseconds: seconds * 1000) { results in
                guard let sender = results.sender, let receiver = results.receiver else { return nil }
                return (sender, receiver)
            }
        }
        var ended = both(within: timeoutSeconds)
        if ended == nil {
            let halves = results.withLock { "sender \($0.sender != nil), receiver \($0.receiver != nil)" }
            Issue.record("hung: \(setting.testDescription); ended: \(halves)", sourceLocation: location)
            client.close()
            server.close()
            ended = both(within: 10)
        }
        let (sent, received) = try #require(ended, "still hung with its pipes closed", sourceLocation: location)
        for thread in threads { thread.join() }
        return Outcome(
            sender: sent, receiver: received, senderSaid: senderSaid, receiverSaid: receiverSaid, toServer: toServer,
            toClient: toClient, isPush: setting.isPush)
    }

    private func session(
        isSender: Bool, stream: MemoryStream, _ observer: CollectingObserver
    ) -> End {
        let isServer = setting.isPush != isSender
        var options = options
        if !isServer { options.filters = filters }
        var configuration = SessionConfiguration(
            isServer: isServer, isSender: isSender, version: ProtocolVersion(setting.version) ?? .newest,
            capabilities: Capabilities(optionValue: setting.offered(options)), seed: 0x5eed)
        configuration.names = isSender ? senderNames : receiverNames
        let environment = SessionEnvironment(identities: MemoryIdentities(), umask: 0o022, milliseconds: { 0 },
            filterFiles: filterFiles)
        let session = Session(
            configuration: configuration, options: options, stream: stream, observer: observer, environment: environment)
        return End(session: session, stream: stream)
    }
}

/// A session is made by one thread and run by another, never by two at once.
private struct End: @unchecked Sendable {
    let session: Session
    let stream: MemoryStream
}

/// Fails with the lines in which two listings differ.
func expectSame(_ actual: [String], _ expected: [String], _ context: String, _ location: SourceLocation = #_sourceLocation)
{
    guard actual != expected else { return }
    let missing = expected.filter { !actual.contains($0) }
    let surplus = actual.filter { !expected.contains($0) }
    Issue.record(
        "\(context)\nmissing: \(missing.prefix(12))\nsurplus: \(surplus.prefix(12))", sourceLocation: location)
}
