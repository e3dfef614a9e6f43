import Glibc
import RsyncProtocol
import RsyncWire

/// Plays the steps of `"peer": {"script": […]}` against a target (Conformance/Cases/README.md).
public struct ScriptInterpreter {
    let session: ScriptSession
    /// The step from which on the target may end the session: the one that lies.
    private var attackStep: Int?
    private var steps: [JSONValue]

    /// Runs the script. Returns behind its last step, or when the target has left, or when the time is over; the descriptors
    /// stay open.
    public static func run(_ steps: [JSONValue], in context: ScriptSetup) -> ScriptReport {
        var interpreter = ScriptInterpreter(steps, context)
        return interpreter.run()
    }

    private init(_ steps: [JSONValue], _ context: ScriptSetup) {
        signal(SIGPIPE, SIG_IGN)
        session = ScriptSession(context)
        self.steps = steps
        attackStep = steps.firstIndex { $0["attack"]?.bool == true }
    }

    /// What ends a script before its last step.
    enum Interruption: Error {
        case stop(ScriptWire.Stop)
        case mistake(ScriptMistake)
        /// The target sent something else than a step is for.
        case unexpected(String)
    }

    private mutating func run() -> ScriptReport {
        var end = ScriptEnd.completed
        do throws(Interruption) {
            for (number, step) in steps.enumerated() {
                session.step = number
                try perform(step)
            }
            try flush()
        } catch {
            end = Self.end(of: error, step: session.step)
        }
        if case .closed(let step) = end, let attackStep, step < attackStep {
            session.find("end of the session", "at step \(attackStep) or later", "at step \(step)")
        }
        if case .completed = end, session.context.mustRefuse, !session.wire.awaitRefusal() {
            session.find("end of the session", "made by the target", "left to its peer")
        }
        if session.context.drains {
            let ended = session.wire.drain()
            switch end {
            case .completed, .closed: if !ended { end = .deadline(step: session.step) }
            default: break
            }
        }
        session.wire.release()
        return ScriptReport(
            end: end, findings: session.findings, messages: session.wire.messages, bytesReceived: session.wire.bytesReceived,
            received: session.wire.received, protocolNumber: session.isAgreed ? session.traits.version.number : nil)
    }

    private static func end(of interruption: Interruption, step: Int) -> ScriptEnd {
        switch interruption {
        case .stop(.closed): .closed(step: step)
        case .stop(.deadline): .deadline(step: step)
        case .stop(.garbled(let reason)), .unexpected(let reason): .garbled(step: step, reason: reason)
        case .mistake(let mistake): .mistake(step: step, reason: mistake.description)
        }
    }

    // MARK: One step

    /// Keys beside the one that names the step.
    private static let modifiers: Set<String> = ["attack", "times", "expect", "steps", "note"]

    mutating func perform(_ step: JSONValue) throws(Interruption) {
        guard let object = step.object else { throw .mistake(ScriptMistake("a step is an object")) }
        let names = object.names.filter { !Self.modifiers.contains($0) }
        guard names.count == 1, let name = names.first, let value = object[name] else {
            throw .mistake(ScriptMistake("a step has one name, not \(names)"))
        }
        if step["attack"]?.bool == true { try flush() }
        switch name {
        case "repeat": return try repeatSteps(value, step)
        case "read": return try read(value, step)
        case "handshake": return try handshake(value)
        case "open": return try open(value)
        case "finish": return try finish(value)
        case "flush": return try flush()
        case "idle": return try idle(value)
        case "close": return try close(value)
        case "swap":
            try flush()
            return try mistakes { () throws(ScriptMistake) in try ScriptSwap.perform(value, root: session.context.root, aside: session.context.aside) }
        default: break
        }
        let times = try mistakes { () throws(ScriptMistake) in try step["times"]?.count() ?? 1 }
        try mistakes { () throws(ScriptMistake) in try write(name, value, times: times) }
        // A long script must not pile up what it could have sent.
        if session.wire.unsent > 1 << 20 { try flush() }
    }

    private mutating func repeatSteps(_ value: JSONValue, _ step: JSONValue) throws(Interruption) {
        let count = try mistakes { () throws(ScriptMistake) in try value.count() }
        let steps = try mistakes { () throws(ScriptMistake) in try step["steps"]?.items() ?? [] }
        for number in 0..<count {
            for inner in steps { try perform(inner.numbered(number)) }
        }
    }

    /// Seconds, or `{"seconds": 2, "reading": false}`: the target's output then stays where it is.
    private func idle(_ value: JSONValue) throws(Interruption) {
        let seconds = try mistakes { () throws(ScriptMistake) in try (value["seconds"] ?? value).seconds() }
        let reads = value["reading"]?.bool ?? true
        try stops { () throws(ScriptWire.Stop) in try session.wire.idle(seconds: seconds, reading: reads) }
    }

    private func close(_ value: JSONValue) throws(Interruption) {
        switch value {
        case .string("write"):
            try flush()
            session.wire.closeOutput()
        case .string("both"):
            try flush()
            session.wire.closeBoth()
        default: throw .mistake(ScriptMistake("close is \"write\" or \"both\""))
        }
    }

    func flush() throws(Interruption) { try stops { () throws(ScriptWire.Stop) in try session.wire.flush() } }

    func stops<Value>(_ body: () throws(ScriptWire.Stop) -> Value) throws(Interruption) -> Value {
        do throws(ScriptWire.Stop) { return try body() } catch { throw .stop(error) }
    }

    func mistakes<Value>(_ body: () throws(ScriptMistake) -> Value) throws(Interruption) -> Value {
        do throws(ScriptMistake) { return try body() } catch {
            throw error.isTargets ? .unexpected(error.description) : .mistake(error)
        }
    }
}
