import BackupVault
import ReverseSession
import RsyncCommand
import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncProtocol

/// One session of the gate (10-reverse.md), in the order in which it happens: request, decision, lock, opening, the
/// rsync session, the snapshot, the journal. Standard output carries the protocol alone; what people read goes to
/// standard error, without paths of this machine (HOS-608).
struct GateRun {
    let client: ClientName
    let vault: [UInt8]
    let fakeSuper: Bool
    let stream: FileDescriptorStream
    private let started = System.now()
    private let clock = ContinuousClock.now

    /// Seconds without a byte until the session ends, unless the request asks for less.
    static let timeout: Int32 = 300

    /// What the parts' directory is called in messages.
    static let partsName = [UInt8]("parts".utf8)

    init(client: ClientName, vault: [UInt8], fakeSuper: Bool, stream: FileDescriptorStream) {
        self.client = client
        self.vault = vault
        self.fakeSuper = fakeSuper
        self.stream = stream
    }

    /// The exit status of REV-30.
    func run() -> Int32 {
        let command = System.variable("SSH_ORIGINAL_COMMAND") ?? []
        let place: ClientVault
        do throws(VaultError) {
            place = try ClientVault(vault: vault, client: client, creating: false, fakeSuper: fakeSuper)
        } catch {
            // Nowhere to write it down, so that the administrator can only learn of it here; but for where the vault
            // lies (HOS-608).
            guard case .file(let error) = error else {
                return answer(GateRefusal(.failed, "no place for this client in the vault: ebb enrol makes it, on the server"))
            }
            return answer(GateRefusal(.failed, "the vault cannot be opened: \(errorText(error.errno))"))
        }
        confine(to: place)
        do throws(GateRefusal) {
            let grant = try policy.decide(command: command)
            let options = try transferOptions(grant)
            let session = grant.has(.dryRun) ? nil : try begin(place, grant)
            return try serve(grant, options, place, session)
        } catch {
            var record = self.record(exitCode: error.exitCode)
            record.error = "refused: \(error.description)"
            note(record, in: place)
            return answer(error)
        }
    }

    /// The second wall (RSH-310): from here on this process writes nothing outside of the client's part of the vault and starts
    /// nothing. A kernel that cannot do it is no reason to go without a backup.
    private func confine(to place: ClientVault) {
        // The first look-up loads what the C library needs for all of them.
        IdentityLookup().prepare()
        do throws(Confinement.Failure) {
            _ = try Confinement.apply(
                roots: [.init(descriptor: place.descriptor, isWritable: true, holdsNodes: true)], readingTables: true,
                relinking: true)
        } catch {
            System.complain("note: this process is not confined: \(errorText(error.errno))", by: "ebb gate")
        }
    }

    // MARK: Decision

    private var rootMode: TransferOptions.RootMode { fakeSuper ? .fake : IdentityLookup.isRoot ? .root : .normal }

    private var policy: GatePolicy {
        // Whoever keeps owners keeps them as the client machine has them: its names mean nothing here.
        let implied: Set<BackupRequest.Wish> = rootMode == .normal ? [.hardLinks] : [.hardLinks, .numericIds]
        return GatePolicy(
            impliedWishes: implied, timeout: Self.timeout,
            capabilities: String(Capabilities.offered(incremental: true).dropFirst()))
    }

    private func transferOptions(_ grant: GatePolicy.Grant) throws(GateRefusal) -> TransferOptions {
        var options = TransferOptions()
        options.recursive = true
        options.relative = true
        options.preserveLinks = true
        options.preservePermissions = true
        options.preserveOwner = true
        options.preserveGroup = true
        options.preserveDevices = true
        options.preserveSpecials = true
        options.preserveTimes = true
        options.preserveHardLinks = grant.has(.hardLinks)
        options.numericIds = grant.has(.numericIds)
        options.compareChecksums = grant.has(.checksum)
        options.ignoreTimes = grant.has(.ignoreTimes)
        options.wholeFile = grant.has(.wholeFile)
        options.dryRun = grant.has(.dryRun)
        if !options.dryRun {
            options.keepPartial = true
            options.partialDirectory = Self.partsName
        }
        options.rootMode = rootMode
        options.timeout = grant.timeout
        // What a break left and the client machine no longer has must not be published, whatever else goes wrong there.
        options.deletion = .during
        options.deleteExcluded = true
        options.ignoreErrors = true
        options.force = true
        do throws(FilterError) {
            for pattern in grant.request.patterns {
                if pattern.isExclude {
                    try options.filters.add(exclude: pattern.bytes)
                } else {
                    try options.filters.add(include: pattern.bytes)
                }
            }
        } catch {
            throw GateRefusal(.badRequest, error.description)
        }
        return options
    }

    private func begin(_ place: ClientVault, _ grant: GatePolicy.Grant) throws(GateRefusal) -> VaultSession {
        do throws(VaultError) {
            let session = try place.beginSession(at: started, peer: peer ?? "unknown")
            try session.removeOutside(grant.request.roots)
            return session
        } catch {
            if case .busy = error { throw GateRefusal(.busy, error.description) }
            throw GateRefusal(.failed, "the vault cannot be written to")
        }
    }

    /// REV-15.
    private func answer(_ refusal: GateRefusal) -> Int32 {
        do throws(OpeningError) {
            try Opening.refused(refusal).write(to: stream)
        } catch {
            System.complain(error.description)
        }
        return refusal.exitCode
    }

    // MARK: Session

    private func serve(
        _ grant: GatePolicy.Grant, _ options: TransferOptions, _ place: ClientVault, _ session: VaultSession?
    ) throws(GateRefusal) -> Int32 {
        let destination = VaultDestination(place: place, session: session)
        do throws(VaultError) {
            try destination.prepare()
        } catch {
            throw GateRefusal(.failed, "the newest snapshot cannot be read")
        }
        let observer = GateObserver(showsItems: grant.has(.dryRun))
        if rootMode == .normal {
            observer.say("not running as root: owners and devices are not kept (--fake-super keeps them)")
        }
        if session?.isResumed == true { observer.say("going on with what an earlier session left") }
        do throws(OpeningError) {
            try grant.opening.write(to: stream)
        } catch {
            var record = self.record(exitCode: error.exitCode, grant)
            record.error = error.description
            note(record, in: place)
            System.complain(error.description)
            return error.exitCode
        }
        stream.timeoutSeconds = grant.timeout
        let rsync = Session(
            configuration: SessionConfiguration(
                isServer: false, isSender: false, version: .newest,
                capabilities: Capabilities(optionValue: Array(Capabilities.offered(incremental: true).utf8)), seed: 0),
            options: options, stream: stream, observer: observer, environment: .current(ruleFiles: .machine(PathRules())))
        let requested = RequestedNames(
            arguments: grant.request.roots,
            options: RequestedNames.Options(relative: true, recursive: true, directories: false))
        let result = rsync.runReceiver(destination, requested: requested)
        return conclude(result, grant, place, session, observer)
    }

    // MARK: End

    private func conclude(
        _ result: SessionResult, _ grant: GatePolicy.Grant, _ place: ClientVault, _ session: VaultSession?,
        _ observer: GateObserver
    ) -> Int32 {
        let outcome = GateOutcome(result, peerErrors: observer.errors)
        var record = self.record(exitCode: outcome.exitCode, grant)
        record.protocolVersion = result.traits.map { Int64($0.version.number) }
        record.received = result.statistics.received
        record.sent = result.statistics.sent
        record.files = Int64(result.statistics.transferredFiles)
        record.error = outcome.error
        var snapshot: SnapshotName?
        if let session, outcome.isComplete {
            do throws(VaultError) {
                let name = try session.commit(at: System.now())
                snapshot = name
                record.snapshot = name.description
            } catch {
                record.exitCode = 11
                record.error = "commit: \(error)"
                observer.say("the snapshot could not be published; the work is kept for the next session")
            }
        }
        record.ended = System.now()
        note(record, in: place)
        if let error = outcome.error { observer.say(error) }
        observer.say(
            GateOutcome.summary(
                result, snapshot: snapshot, isDryRun: session == nil, isKept: session != nil && snapshot == nil && outcome.exitCode != 3,
                duration: clock.duration(to: .now)))
        return Int32(record.exitCode)
    }

    private var peer: String? {
        System.variable("SSH_CONNECTION").flatMap { JournalRecord.peer(sshConnection: String(decoding: $0, as: UTF8.self)) }
    }

    private func record(exitCode: Int32, _ grant: GatePolicy.Grant? = nil) -> JournalRecord {
        var record = JournalRecord(
            started: started, ended: System.now(), client: client.description, exitCode: exitCode)
        record.request = System.variable("SSH_ORIGINAL_COMMAND").map { String(decoding: $0.prefix(4096), as: UTF8.self) }
        record.argv = grant?.argv.map { String(decoding: $0, as: UTF8.self) } ?? []
        record.peer = peer
        return record
    }

    private func note(_ record: JournalRecord, in place: ClientVault) {
        do throws(VaultError) {
            try place.record(record)
        } catch {
            System.complain("the journal could not be written")
        }
    }
}
