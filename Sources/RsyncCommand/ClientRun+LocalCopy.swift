import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncReport

// Between two local paths (SES-7).

extension ClientRun {
    /// Both roles in this process, each with its own session, over two pipes.
    func copy(_ sources: [[UInt8]], _ destination: [UInt8]?) throws -> Int32 {
        if arguments.debug[.cmd] > 1 { sayParts(nil, user: nil, host: nil, path: destination ?? [0x2e]) }
        let remote = try arguments.withRemoteOptions()
        let farUser = destination == nil || remote.copyAs == arguments.copyAs ? nil : remote.copyAs
        // Once this side is another user, no thread of its can become a third.
        let waiting = farUser != nil && arguments.copyAs != nil ? WaitingFarSide() : nil
        try CopyAs.become(arguments.copyAs, oneThread: waiting != nil)
        let opened = try openSources(sources)
        let (near, far) = try FileDescriptorStream.pair(interruption: interruption)
        // What stops is the client; its end takes the server along.
        RsyncProgram.limit(near, arguments, secondsLeft)
        RsyncProgram.limit(far, arguments, nil)
        let console = Console(arguments, isSender: destination != nil, isRemote: false, log: log, events: events)
        let capabilities = Capabilities(
            optionValue: Array(
                Capabilities.offered(incremental: options.allowsIncrementalRecursion(isSender: false)).utf8))
        // What the server of a local copy has to tell of items the client knows.
        var served = options
        var serverLog: LogFile?
        if !arguments.remoteOptions.isEmpty {
            served = try TransferOptions(remote, isLocal: true, readFile: RsyncProgram.fileReader(arguments))
            try served.addIdentityMaps(remote)
            served.listOnly = options.listOnly
            if remote.logFile != arguments.logFile {
                var server = remote
                server.isServer = true
                serverLog = LogFile.opened(server, sendsToRemote: false)
            }
        }
        served.reportsItems = serverLog != nil
        served.reportsCompletion = serverLog != nil
        // Each side munges for itself (MET-48).
        served.mungesLinks = arguments.remoteOptions.contains(Array("--munge-links".utf8))
        var configuration = SessionConfiguration(
            isServer: true, isSender: destination == nil, version: try RsyncProgram.ownVersion(arguments),
            capabilities: capabilities, seed: RsyncProgram.seed(arguments), isLocalCopy: true
        ).withNamesFromEnvironment().with(names: try farNames()).with(closingLine: { [isSender = destination == nil] code in
            Notices.exitLine(code: code, role: isSender ? "sender" : "receiver", version: RsyncProgram.version)
        })
        configuration.excessiveVersion = RsyncProgram.excessiveVersion(arguments)
        let escaping: NameEscaping = arguments.showsHighBytes ? .highBytes : .ascii
        // Made by its own thread: what may be done depends on who that is.
        let makeServer = { [ruleFiles, configuration, served, serverLog, events] in
            Session(
                configuration: configuration, options: served, stream: far, observer: ServerObserver(log: serverLog, escaping: escaping, events: events), environment: .current(ruleFiles: ruleFiles))
        }
        let client = try makeSession(near, console, isSender: destination != nil, capabilities)
        let place = localDestination(destination, served, remote)
        let job = FarSide(
            makeServer, far, opened, destination == nil ? nil : place, user: farUser)
        let thread = waiting?.run(job) ?? WorkerThread { job.run() }
        let result =
            destination == nil
            ? client.runReceiver(place)
            : client.runSender(opened)
        thread.join()
        if let figures = job.result?.statistics, job.result?.error == nil {
            serverLog?.end(sent: figures.sent, received: figures.received, totalSize: figures.totalSize)
        }
        var merged = result
        // What ended this side itself is the cause; a connection that fails may be the other's doing.
        let isOwn = result.error.map { !$0.announcedByPeer && ![10, 12].contains($0.exitCode) } ?? false
        if !isOwn, let far = job.result, far.error?.announcedByPeer != true {
            merged.exitCode = Self.worse(result, far.exitCode)
            if let error = far.error, result.error == nil || result.error?.announcedByPeer == true {
                merged.error = error
                merged.isTold = far.isTold
                if far.isTold, serverLog == nil { logEnd(error, role: destination == nil ? "sender" : "receiver") }
            }
        }
        return finish(merged, console, role: destination == nil ? "receiver" : "sender", nil)
    }

    /// What the far side of a local copy has told, for the log that is this side's.
    private func logEnd(_ error: SessionError, role: String) {
        for line in [error.message] + error.details where !line.bytes.isEmpty { log?.say(line.bytes) }
        if let line = Notices.exitLine(code: error.exitCode, role: role, version: RsyncProgram.version) { log?.say(Array(line.utf8)) }
    }

    /// A far side without a charset ends before it says anything (SES-161).
    private func farNames() throws -> CharsetConverter? {
        do throws(SessionError) {
            return try Charsets.converter(arguments.remoteCharset)
        } catch {
            RsyncProgram.complain(error)
            events?.failure(error)
            throw SessionError(exitCode: 12, "rsync: connection unexpectedly closed (0 bytes received so far) [\(arguments.listOnlyOption ? "Receiver" : "sender")]")
        }
    }

    /// The thread of a far side that is yet to come, started while this process is still its caller's. Without one it waits for
    /// the end of the process.
    private final class WaitingFarSide: Sendable {
        private let job: Monitor<FarSide?>
        private let thread: WorkerThread

        init() {
            let job = Monitor<FarSide?>(nil)
            self.job = job
            thread = WorkerThread { job.wait(milliseconds: 0) { $0 }?.run() }
        }

        func run(_ far: FarSide) -> WorkerThread {
            job.withLock { $0 = far }
            return thread
        }
    }

    /// The server of a local copy. `@unchecked Sendable`: one thread runs it, and the result is read after its end.
    private final class FarSide: @unchecked Sendable {
        private let makeSession: () -> Session
        private let stream: FileDescriptorStream
        private let sources: OpenedSources
        private let destination: LocalDestination?
        /// Whom `-M--copy-as` makes this side.
        private let user: [UInt8]?
        private(set) var result: SessionResult?

        init(
            _ makeSession: @escaping () -> Session, _ stream: FileDescriptorStream, _ sources: OpenedSources,
            _ destination: LocalDestination?, user: [UInt8]?
        ) {
            self.makeSession = makeSession
            self.stream = stream
            self.sources = sources
            self.destination = destination
            self.user = user
        }

        func run() {
            do throws(SessionError) {
                try CopyAs.become(user, oneThread: true)
            } catch {
                result = makeSession().refuse(error)
                // What the client is sending goes nowhere, so that it comes to read why.
                var rest = [UInt8](repeating: 0, count: 64 << 10)
                while let count = try? stream.read(into: &rest, at: 0, count: rest.count), count > 0 {}
                return
            }
            let session = makeSession()
            if let destination {
                result = session.runReceiver(destination)
            } else {
                result = session.runSender(sources)
            }
        }
    }
}
