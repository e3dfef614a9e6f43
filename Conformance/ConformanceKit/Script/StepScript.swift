/// `"peer": {"script": [step…]}`.
public struct StepScript: ScriptedPeer {
    public let steps: [JSONValue]

    public init(_ steps: [JSONValue]) { self.steps = steps }

    public func run(_ context: ScriptContext, _ lanes: ScriptLanes) -> ScriptOutcome {
        let remaining = (context.deadline - .now) / .seconds(1)
        let root = context.isSender ? context.destination : context.source
        let setup = ScriptSetup(
            isServer: context.isServer, isSender: context.isSender, arguments: context.arguments,
            version: context.protocolNumber, lanes: lanes, seconds: max(0, remaining),
            root: root, aside: root.map(aside), drains: false, mustRefuse: context.mustRefuse)
        let report = ScriptInterpreter.run(steps, in: setup)
        func finding(_ step: Int, _ field: String, _ text: String) -> Finding {
            Finding(clause: context.clause, field: field, text: "step \(step) (\(name(of: step))): \(text)")
        }
        var findings = report.findings.map { finding($0.step, $0.field, "\($0.field) is \($0.found), not \($0.expected)") }
        switch report.end {
        case .completed: return ScriptOutcome(ending: .finished, findings: findings)
        case .closed(let step): return ScriptOutcome(ending: .targetLeft(step: step), findings: findings)
        case .deadline(let step):
            findings.append(finding(step, "time", "the target neither goes on nor ends"))
            return ScriptOutcome(ending: .targetLeft(step: step), findings: findings)
        case .garbled(let step, let reason):
            findings.append(finding(step, "stream", reason))
            return ScriptOutcome(ending: .targetLeft(step: step), findings: findings)
        case .mistake(let step, let reason):
            return ScriptOutcome(ending: .unusable("step \(step): \(reason)"), findings: findings)
        }
    }

    /// Outside the sandbox, of which everything is compared afterwards.
    private func aside(_ root: String) -> String {
        let box = root.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return box.dropLast().joined(separator: "/") + "/aside"
    }

    private func name(of step: Int) -> String {
        guard steps.indices.contains(step), let member = steps[step].object?.members.first else { return "" }
        return member.value.string.map { "\(member.name) \($0)" } ?? member.name
    }
}
