import RsyncProtocol
import RsyncWire

// What `--debug=recv,deltasum` tells of the receiver, in the words of rsync.

extension Receiver {
    var debug: DebugLevels { options.messages.debug }

    /// A line of the receiver's own work.
    func tellReceiving(_ text: @autoclosure () -> MessageText) {
        if debug.receiver > 0 { say(.info, text()) }
    }

    /// A line about the building of one file.
    func tellBuilding(_ level: UInt8, _ text: @autoclosure () -> MessageText) {
        if debug.search >= level { say(.info, text()) }
    }

    func tellAttributes(_ change: AttributeChange, _ file: any WritableFile) {
        guard debug.tellsAttributes, let status = try? file.status() else { return }
        for text in change.texts(file.path.bytes, from: status, debug, dryRun: false, localTime: localTime) { say(.info, text) }
    }

    /// A finished file gets its name, or has had it all the time.
    func tellNaming(_ job: StoringJob, _ file: any WritableFile) {
        tellReceiving(job.isInPlace ? "finishing \(job.target.bytes)" : "renaming \(file.path.bytes) to \(job.target.bytes)")
    }

    /// The end of one list, when all lists are through, is the end of a phase.
    func tellPhase(_ mark: Int) {
        let last = connection.traits.lastLoopPhase
        if mark <= last { tellReceiving("recv_files phase=\(mark)") } else if mark == last + 1 { tellReceiving("recv_files finished") }
    }
}
