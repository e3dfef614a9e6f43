import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncReport

// How a run ends: its status, and what is said then.

extension ClientRun {
    func finish(_ result: SessionResult, _ console: Console, role: String, _ child: ChildProcess?) -> Int32 {
        if result.error == nil, !options.listOnly { console.finishTotal(result.statistics) }
        if result.error == nil, events == nil { summarize(result, console) }
        console.finish()
        if result.error == nil, let child { sayWaiting(for: child, isSender: role == "sender") }
        var code = result.exitCode
        if let child {
            // SES-161: a client that failed does not wait for the shell, and what ends by its hand says nothing.
            let hadEnded = hasEnded(child, result)
            if result.error != nil, result.error?.announcedByPeer != true, !hadEnded { child.terminate() }
            // What failed here, and not the connection, is what happened; a broken stream is all that the other side saw of it.
            let failedHere = result.error.map { !$0.announcedByPeer && ![10, 12].contains($0.exitCode) } ?? false
            // A command that is stopped, or hangs, does not heed the signal to end; it is left behind.
            let ended = result.error == nil ? try? child.wait() : outcome(of: child, within: 1000)
            if case .exited(let status)? = ended, result.error == nil || hadEnded, !(failedHere && [10, 12].contains(status)) {
                code = Self.worse(result, status)
            }
        }
        var shown = result
        shown.exitCode = code
        // What has come through the protocol is among the events already.
        if let events, let error = result.error, !error.announcedByPeer, !result.isTold { events.failure(error) }
        let end = finalRole(role, result)
        // A sender knows only then what was left out.
        let known = end == "sender" && result.error == nil ? 0 : code
        sayEntered(end, known)
        defer {
            sayEnd(end, known, status: code)
            // The last line of all (json-events.md).
            events?.summary(result, exitCode: code, elapsedMilliseconds: SystemWords.milliseconds() - startedAt)
        }
        return RsyncProgram.conclude(shown, role: role, log: log)
    }

    /// Of two statuses the one to end with. What failed here outweighs what has vanished; whether an error that was only told here
    /// was a failure, the other side knows.
    static func worse(_ own: SessionResult, _ other: Int32) -> Int32 {
        switch (own.exitCode, other) {
        case (23, 24): own.failedHere ? 23 : 24
        case (24, 23): 23
        default: max(own.exitCode, other)
        }
    }

    /// When the connection broke, the command is at its end or nearly so: its status says more than ours.
    private func hasEnded(_ child: ChildProcess, _ result: SessionResult) -> Bool {
        outcome(of: child, within: result.error.map { [10, 12].contains($0.exitCode) } == true ? 400 : 0) != nil
    }

    /// nil where it has not ended in so many milliseconds.
    private func outcome(of child: ChildProcess, within milliseconds: Int64) -> ChildProcess.Outcome? {
        let deadline = SystemWords.milliseconds() + milliseconds
        while true {
            if let outcome = try? child.poll() { return outcome }
            guard SystemWords.milliseconds() < deadline else { return nil }
            SystemWords.pause(milliseconds: 10)
        }
    }

    private func summarize(_ result: SessionResult, _ console: Console) {
        let level = arguments.info[.stats]
        guard level > 0 else {
            let figures = result.statistics
            log?.end(sent: figures.sent, received: figures.received, totalSize: figures.totalSize)
            return
        }
        let summary = TransferSummary(
            result, elapsedMilliseconds: SystemWords.milliseconds() - startedAt, options)
        if level > 1 { console.write(summary.statisticsBlock(humanReadable: arguments.humanReadable)) }
        console.write(summary.closingLines(humanReadable: arguments.humanReadable))
    }
}
