import BackupVault
import RsyncEngine
import RsyncProtocol
import RsyncReport

/// What the end of an rsync session means for the snapshot (REV-30, REV-34).
struct GateOutcome {
    let exitCode: Int32
    /// Everything that could be sent was sent and is here: the snapshot may be published.
    let isComplete: Bool
    /// For the journal and for people; nil when all is well.
    let error: String?

    /// `peerErrors`: lines in which the other side told of single items.
    init(_ result: SessionResult, peerErrors: Int) {
        if let error = result.error {
            exitCode = error.exitCode
            isComplete = false
            self.error = error.announcedByPeer ? "the other side ended: \(Self.meaning(error.exitCode))" : error.sentence
        } else if result.failedHere {
            exitCode = 11
            isComplete = false
            error = "some items could not be stored here; nothing is published"
        } else if result.statistics.entries == 0 {
            exitCode = 3
            isComplete = false
            error = "none of the roots is there; nothing is published"
        } else {
            exitCode = result.exitCode
            isComplete = true
            switch exitCode {
            case 0: error = nil
            case 24: error = "partial: some files vanished while they were read"
            default:
                error = peerErrors == 0 ? "partial: some items could not be read" : "partial: \(peerErrors) errors of the sender"
            }
        }
    }

    private static func meaning(_ code: Int32) -> String { ExitCode(rawValue: code).meaning ?? "status \(code)" }

    /// The last line of a session.
    static func summary(
        _ result: SessionResult, snapshot: SnapshotName?, isDryRun: Bool, isKept: Bool, duration: Duration
    ) -> String {
        let numbers = HumanNumber(level: 1)
        let figures = result.statistics
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let work =
            "\(numbers.text(Int64(figures.entries))) items, \(numbers.text(Int64(figures.transferredFiles))) files transferred, "
            + "\(HumanNumber(level: 3).text(figures.received)) bytes received, \(numbers.text(seconds, digits: 1)) s"
        if let snapshot { return "snapshot \(snapshot): \(work)" }
        if isDryRun { return "dry run, nothing was changed: \(work)" }
        return isKept ? "no snapshot, the work is kept for the next session: \(work)" : "no snapshot: \(work)"
    }
}
