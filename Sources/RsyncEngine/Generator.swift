import RsyncProtocol
import RsyncWire

/// The generator: looks at every entry, decides what it needs, and writes the requests (MET-16, SES-130).
///
/// It alone writes to the sender. What the receiver learns reaches it through the mailbox; it reads that between
/// entries, and waits for it only where the phases say so.
final class Generator {
    let connection: Connection
    let options: TransferOptions
    let destination: Destination
    let plan: AttributePlan
    let side: SideFiles
    /// What is in the directory that is worked on, for `--fuzzy`.
    var fuzzyListing: FuzzyListing?
    let observer: any SessionObserver
    let mailbox: Mailbox
    let indexes: IndexWriter
    let environment: SessionEnvironment
    var tree: any DestinationTree { destination.tree }
    var incremental: Bool { connection.traits.incrementalRecursion }

    /// A list in work: how many of its items are not finished (FLS-155).
    struct ActiveList {
        let live: LiveList
        var unfinished = 0
        var isWalked = false
    }

    /// Lists not yet released, oldest first.
    var active: [ActiveList] = []
    var nextToWalk = 0
    /// Entries of all lists so far.
    var knownEntries = 0
    var listsEnded: Bool
    var marksSeen = 0
    var redos: [Int32] = []
    var receiverEnd: SessionError??
    var receiverHasEnded: Bool { receiverEnd != nil }
    var links = HardLinkGroups()
    /// Members that take over from one that failed, first the one that is being asked for.
    var successors: [HardLinkGroups.Member] = []
    /// Directories made while their parent's list was walked: new, as far as their report goes (FLS-121).
    var madeEarly: Set<[UInt8]> = []
    /// Directories whose contents are skipped (MET-16 step 2).
    var skippedDirectories: Set<[UInt8]> = []
    /// Directories whose times could not be set: they are not tried, and told of, once more.
    var refusedDirectories: Set<[UInt8]> = []
    /// What is there of the way to the backup directory, if that is yet to be made.
    let backupParent: FileStatus?
    /// Directories whose mtime is set once their contents are there (MET-44), when there is one list for all.
    var directoriesToTouch: [(entry: FileEntry, index: Int32)] = []
    /// What such a directory gets then that has more permissions meanwhile (MET-43).
    var finalPermissions: [[UInt8]: UInt32] = [:]
    /// Directories that were opened up for the duration (MET-43), with what they are to have.
    var openedDirectories: [RelativePath: UInt32] = [:]
    var ledger = ErrorLedger()
    var deletedCounts = ItemCounts()
    var saidDeletionsSkipped = false
    var toldMissingParent: [UInt8] = []
    /// `--delete-delay`: what is to go, in order.
    var delayedDeletions: [(name: [UInt8], path: RelativePath)] = []
    /// Against `--max-delete`.
    var deletionCount = 0
    var skippedDeletions = 0
    /// `-x`: the file systems that start directories are on.
    var startDevices: Set<UInt64> = []
    /// One read of a basis, kept from file to file.
    var basisBuffer: [UInt8] = []
    var summer: FileSummer
    /// The sender hears something while long work is done here (SES-150).
    let alive: KeepAlive
    /// Entries of lists released since the sender was last told so.
    var releasedEntries = 0
    /// The rules that protect from deletion.
    let filters: DestinationFilters
    private var phasesEnded = 0
    private var toldPhase = 0
    /// Requests may be written until the end of phase 1 (XFR-13).
    private(set) var mayStillRequest = true
    /// A request followed the end of phase 0, so that its reply has to be waited for.
    var askedInSecondPhase = false
    var isInSecondPhase: Bool { phasesEnded == 1 }

    init(
        connection: Connection, options: TransferOptions, destination: Destination, plan: AttributePlan,
        firstLists: [LiveList], listsEnded: Bool, observer: any SessionObserver, mailbox: Mailbox,
        environment: SessionEnvironment, ledger: ErrorLedger
    ) {
        self.connection = connection
        summer = FileSummer(connection.listChecksum)
        self.options = options
        self.destination = destination
        self.plan = plan
        side = SideFiles(
            options: options, destination: destination, umask: environment.umask,
            hasNanoseconds: connection.traits.hasNanoseconds)
        self.observer = observer
        self.mailbox = mailbox
        self.environment = environment
        self.ledger = ledger
        self.listsEnded = listsEnded
        indexes = IndexWriter(connection)
        backupParent = destination.backup.flatMap { $0.directory.isRoot ? nil : try? $0.tree.status(.root) }
        filters = DestinationFilters(
            options, destination, entersRoot: firstLists.first?.entersRoot ?? false, outside: environment.filterFiles,
            tell: Diagnostics(observer: observer, connection: connection, logs: options.reportsItems)
                .filterLines("generator", options.messages.debug))
        active = firstLists.map { ActiveList(live: $0) }
        knownEntries = firstLists.reduce(0) { $0 + $1.list.count }
        for list in firstLists { links.learn(list.list, incremental: connection.traits.incrementalRecursion) }
        alive = KeepAlive(connection.output, timeout: options.timeout, milliseconds: environment.milliseconds)
    }

    // MARK: Phases (SES-130)

    func run() throws(SessionError) {
        let traits = connection.traits
        try tellGenerating("generator starting pid=\(environment.processId)")
        try tellMappings()
        for notice in destination.notices { try say(notice.kind, notice.text) }
        if !options.listOnly {
            let isOff = options.wholeFile || connection.forcesWholeFile
            try say(
                .info, isOff ? "delta-transmission disabled for local transfer or --whole-file" : "delta-transmission enabled",
                when: debug.lists > 0)
        }
        if options.deletionTime(traits) == .before, !options.listOnly { try deleteInAllDirectories() }
        if incremental {
            try walkLists()
            try tellPhase()
        } else {
            try walk(slot: 0)
            try endPhase()
            try waitFor(mark: 1)
            try replaceUnsentLeaders()
        }
        let redid = try writeRedos() || askedInSecondPhase || options.delaysUpdates
        mayStillRequest = false
        try endPhase()
        if traits.lastLoopPhase == 1 {
            try waitFor(mark: 2)
            try finishDeletionsAndTimes()
        } else {
            try finishModernPhases(redid: redid)
        }
        try sayDeletionsStopped()
        try tellSideFailures()
        try tellMappings()
        filters.leaveAll()
        try tellGenerating("generate_files finished")
        try writeDone()
        try connection.output.flush()
        try awaitReceiverEnd()
        try checkNothingIsMissing()
    }

    /// Phases 2 and 3 (protocol 29 and up). The end of phase 2 is kept back after redos, because links that waited
    /// for them are still to be reported (XFR-155).
    private func finishModernPhases(redid: Bool) throws(SessionError) {
        let traits = connection.traits
        let deletesLate = deletesAtTheEnd
        if redid { try waitFor(mark: 2) }
        if !Knob.phaseIsMissing.isOn { try endPhase() }
        guard traits.hasLateDeletionPhase else {
            try waitFor(mark: 3)
            try finishDeletionsAndTimes()
            return
        }
        if deletesLate {
            try waitFor(mark: 3)
            try deleteAtTheEnd()
        }
        try writeDeletionStatistics()
        try endPhase()
        try waitFor(mark: 4)
        try touchDirectories()
    }

    /// Below protocol 30 nobody says that a file will not come; at the end of phase 0 it is plain (MET-185).
    private func replaceUnsentLeaders() throws(SessionError) {
        guard !connection.traits.hasNoSend, options.preserveHardLinks else { return }
        for index in links.pendingLeaders where !redos.contains(index) && mailbox.outstanding.contains(index) { try finished(index, .notSent) }
    }

    private func finishDeletionsAndTimes() throws(SessionError) {
        try deleteAtTheEnd()
        try touchDirectories()
    }

    var deletesAtTheEnd: Bool { options.deletion == .after || options.deletion == .delay }

    private func deleteAtTheEnd() throws(SessionError) {
        if options.deletion == .after { try deleteInAllDirectories() }
        if options.deletion == .delay { try deleteDelayed() }
    }

    private func endPhase() throws(SessionError) {
        try tellSideFailures()
        try tellPhase()
        phasesEnded += 1
        try writeDone()
        try connection.output.flush()
    }

    /// There are as many as rsync counts, whatever has to end here.
    private func tellPhase() throws(SessionError) {
        toldPhase += 1
        if toldPhase <= connection.traits.lastLoopPhase + 1 { try tellGenerating("generate_files phase=\(toldPhase)") }
    }

    /// Each DONE of the sender answers one of these (SES-133).
    func writeDone() throws(SessionError) {
        mailbox.outstanding.addMark()
        try indexes.write(FileIndex.done)
    }

    /// HOS-541: an end without all replies is no success. Below 30 nobody says that a file will not come (SES-110).
    private func checkNothingIsMissing() throws(SessionError) {
        let missing = mailbox.outstanding.count
        guard connection.traits.hasNoSend, missing > 0 else { return }
        ledger.noteFailure()
        try say(.error, "the sender left \(missing) requests unanswered")
    }

    private func writeDeletionStatistics() throws(SessionError) {
        guard options.deletion != nil || options.force, !Knob.deletionCountsMissing.isOn else { return }
        let counts = DeletionStatistics(
            files: Int32(clamping: deletedCounts.regular), directories: Int32(clamping: deletedCounts.directories),
            symlinks: Int32(clamping: deletedCounts.symlinks), devices: Int32(clamping: deletedCounts.devices),
            specials: Int32(clamping: deletedCounts.specials))
        try indexes.write(FileIndex.deletionStatistics)
        try connection.output.write { counts.write(to: &$0) }
    }
}
