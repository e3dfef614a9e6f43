import Glibc
import TraceKit

/// A recorded peer: its bytes are given to the target as far as a real peer could have written them by then, and what the
/// target says is compared with what the recorded program said in its place.
struct TracePeer: ScriptedPeer {
    /// Below `Vectors/traces`; `{protocol}` in it is the cell's.
    let path: String
    let isStrict: Bool
    /// The directory that holds `Cases`.
    let suite: String

    private var vectors: String { "\(suite)/../Vectors/traces" }

    static func trace(_ path: String, protocolNumber: Int32, suite: String) throws -> Trace {
        let name = path.replacing("{protocol}", with: "\(protocolNumber)")
        return try Trace(text: FileBytes.read("\(suite)/../Vectors/traces/\(name)"))
    }

    func run(_ context: ScriptContext, _ lanes: ScriptLanes) -> ScriptOutcome {
        do {
            let trace = try Self.trace(path, protocolNumber: context.protocolNumber, suite: suite)
            guard context.protocolNumber == trace.header.protocolNumber else {
                return ScriptOutcome(ending: .unusable("the trace is of protocol \(trace.header.protocolNumber)"))
            }
            var feed = try TraceFeed(trace, targetIsServer: !context.isServer)
            if context.isServer, let reason = feed.mismatch(with: ScriptSession.capabilities(of: context.arguments)) {
                lanes.closeBoth()
                return ScriptOutcome(ending: .unsupported(reason))
            }
            let stuck = play(&feed, lanes, until: context.deadline)
            if let reason = feed.mismatch {
                lanes.closeBoth()
                return ScriptOutcome(ending: .unsupported(reason))
            }
            var findings: [Finding] = []
            if let stuck {
                findings.append(Finding(clause: "XFR-13", field: "request", text: stuck))
            } else if !feed.isGiven {
                findings.append(Finding(clause: context.clause, field: "end", text: "the target ended before the recorded session did"))
            }
            findings += try feed.differences(isStrict: isStrict) { try TreeArchive.unpack("\(vectors)/trees/\($0)") }.map { difference in
                Finding(
                    clause: difference.clause == "-" ? context.clause : difference.clause, field: difference.field,
                    text: difference.text, expected: difference.recorded, found: difference.ours)
            }
            return ScriptOutcome(ending: feed.isOver ? .finished : .targetLeft(step: 0), findings: findings)
        } catch {
            return ScriptOutcome(ending: .unusable("\(error)"))
        }
    }

    /// Until the session is over or the target has ended. Returns what the target will never say, if it came to that.
    private func play(_ feed: inout TraceFeed, _ lanes: ScriptLanes, until deadline: ContinuousClock.Instant) -> String? {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        _ = fcntl(lanes.writing, F_SETFL, fcntl(lanes.writing, F_GETFL) | O_NONBLOCK)
        defer { _ = fcntl(lanes.writing, F_SETFL, fcntl(lanes.writing, F_GETFL) & ~O_NONBLOCK) }
        var mayWrite = true
        while !feed.isOver, feed.mismatch == nil {
            let ready = mayWrite ? feed.available() : []
            var polled = [
                pollfd(fd: lanes.reading, events: Int16(POLLIN), revents: 0),
                pollfd(fd: ready.isEmpty ? -1 : lanes.writing, events: Int16(POLLOUT), revents: 0),
            ]
            let left = max(0, (deadline - ContinuousClock.now) / .milliseconds(1))
            guard unsafe poll(&polled, 2, Int32(min(left, 60_000))) != 0 || left > 0 else { return nil }
            if polled[0].revents != 0 {
                let count = unsafe read(lanes.reading, &chunk, chunk.count)
                if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { return nil }
                if count > 0 { feed.hear(chunk[..<count]) }
                if let stuck = feed.isStuck {
                    lanes.closeBoth()
                    return stuck
                }
            }
            if polled[1].revents != 0 {
                let count = unsafe ready.withUnsafeBytes { unsafe write(lanes.writing, $0.baseAddress!, $0.count) }
                if count > 0 {
                    feed.advance(count)
                } else if errno != EAGAIN, errno != EINTR {
                    // It reads no more; what it still says is heard.
                    mayWrite = false
                }
            }
        }
        return nil
    }
}
