import PeerKit
import TraceKit

/// Runs one cell after the other of one case.
struct CellRunner {
    let one: Case
    let level: Level
    var setting: CellSetting
    let sandbox: Sandbox
    let maker: TreeMaker

    /// Of a connection cut at every frame: so many places at most, evenly spread.
    static let mostCuts = 40

    func run(_ cell: CellID) -> CellResult {
        let begun = ContinuousClock.now
        var result = CellResult(
            caseID: one.id, title: one.title, clauses: one.clauses, level: level, flags: one.flags, role: cell.role,
            protocolNumber: cell.protocolNumber, verdict: .pass)
        do {
            if one.stream.cut?.cut == .everyFrame {
                try runEveryCut(cell, &result)
            } else {
                var cut: (StreamFaults.Lane, Int)?
                if let fault = one.stream.cut, case .at(let offset) = fault.cut { cut = (fault.lane, offset) }
                apply(try session(cell, cut: cut, outcome: one.expect.outcome).judgement, to: &result)
            }
        } catch CellPreparation.Obstacle.skipped(let reason) {
            result.verdict = .skipped
            result.reason = reason
        } catch CellPreparation.Obstacle.trouble(let reason) {
            result.verdict = .error
            result.reason = reason
        } catch {
            result.verdict = .error
            result.reason = "\(error)"
        }
        result.seconds = (ContinuousClock.now - begun) / .seconds(1)
        return result
    }

    /// One session without a cut, to know where the frames end, and one for each of these places.
    private func runEveryCut(_ cell: CellID, _ result: inout CellResult) throws {
        let whole = try session(cell, cut: nil, outcome: .completes)
        apply(whole.judgement, to: &result)
        guard result.verdict == .pass, let lane = one.stream.cut?.lane else { return }
        let direction = lane == .target ? whole.seen.targetDirection.opposite : whole.seen.targetDirection
        let preparation = preparation(cell)
        let view = WireView(
            whole.seen, isPush: !preparation.targetSends == cell.role.isServer, protocolNumber: cell.protocolNumber,
            direction: direction)
        let places = Set(view.boundaries.filter { $0 < view.raw.count }).sorted()
        let step = max(1, (places.count + Self.mostCuts - 1) / Self.mostCuts)
        for index in stride(from: 0, to: places.count, by: step) {
            let judged = try session(cell, cut: (lane, places[index]), outcome: one.expect.outcome).judgement
            apply(judged, to: &result)
            if !result.reason.isEmpty { result.reason = "cut at \(places[index]): \(result.reason)" }
            guard result.verdict == .pass else { return }
        }
    }

    private func preparation(_ cell: CellID) -> CellPreparation {
        CellPreparation(one: one, role: cell.role, protocolNumber: cell.protocolNumber, setting: setting, sandbox: sandbox)
    }

    private func session(
        _ cell: CellID, cut: (StreamFaults.Lane, Int)?, outcome: Expectation.Outcome
    ) throws -> (judgement: CellJudge.Judgement, seen: Observation) {
        let preparation = preparation(cell)
        var plan = try preparation.plan()
        plan.cut = cut.map { (lane: $0.0, at: $0.1) }
        try sandbox.prepare()
        let before = try (sandbox.source.before(), sandbox.destination.before(), sandbox.beside.before())
        let seen = CellSession(plan).run()
        let judge = CellJudge(
            one: one, role: cell.role, protocolNumber: cell.protocolNumber, preparation: preparation, seen: seen, level: level,
            outcome: outcome, source: before.0, destination: before.1, beside: before.2, maker: maker)
        return (judge.judge(), seen)
    }

    private func apply(_ judgement: CellJudge.Judgement, to result: inout CellResult) {
        result.findings = judgement.findings
        result.excerpt = judgement.excerpt
        if let trouble = judgement.trouble {
            result.verdict = .error
            result.reason = trouble
        } else if let reason = judgement.unsupported {
            result.verdict = .unsupported
            result.reason = reason
        } else if let first = judgement.findings.first(where: \.must) ?? judgement.findings.first {
            result.verdict = first.must || setting.isStrict ? .fail : .passNonstrict
            result.reason = "\(first.field): \(first.text)"
        }
    }
}
