import PeerKit
import RsyncProtocol

// What the trees have become.

extension CellJudge {
    private var isWellBehaved: Bool {
        switch one.peer {
        case .engine(deviates: nil), .stock: true
        default: false
        }
    }

    func trees() throws -> [Finding] {
        let wanted: Expectation.Tree =
            outcome == expect.outcome
            ? expect.tree ?? (outcome == .completes && expect.allowedCodes == .success && isWellBehaved && one.stream.flip == nil ? .source : .any)
            : .any
        var lines = try differences(sandbox.destination, destination, wanted).map { ("tree", $0) }
        if outcome == expect.outcome {
            lines += try differences(sandbox.source, source, expect.sourceTree).map { ("source-tree", $0) }
            lines += try differences(sandbox.beside, beside, expect.beside).map { ("beside", $0) }
        }
        return lines.map { finding($0.0, $0.1) }
    }

    private func differences(_ plot: TreePlot, _ before: TreeSnapshot, _ wanted: Expectation.Tree) throws -> [String] {
        // What stands beside the trees shares its root with them.
        var ignore = expect.ignore
        if plot === sandbox.beside { ignore.insert(.root) }
        switch wanted {
        case .any: return []
        case .absent:
            let found = try plot.now()
            return found.items.isEmpty ? [] : ["exists, and should not"]
        case .unchanged:
            if plot.isUntouched { return [] }
            return TreeJudge.unchanged(try plot.now(), from: before, ignoring: ignore)
        case .source:
            guard let version = ProtocolVersion(protocolNumber) else { return [] }
            let judge = TreeJudge(parsed: preparation.parsed, traits: SessionTraits(version: version), ignore: ignore)
            guard one.paths == .contents, one.remote == nil else { throw CellTrouble("tree is needed where there are paths") }
            return judge.differences(try plot.now(), from: try judge.carried(source, over: destination))
        case .exactly(.items(let items)):
            return DescribedTree(items: items, ignore: ignore) { names.expand($0) }.differences(try plot.now(), isWhole: true)
        case .exactly(let description):
            let place = "\(sandbox.root)/expected"
            RemoveTree.remove([UInt8](place.utf8))
            try maker.make(description, at: place)
            guard let version = ProtocolVersion(protocolNumber) else { return [] }
            let judge = TreeJudge(parsed: preparation.parsed, traits: SessionTraits(version: version), ignore: ignore)
            return judge.differences(try plot.now(), from: try TreeSnapshot(place))
        case .partly(let has, let lacks):
            let found = try plot.now()
            var lines: [String] = []
            if case .items(let items) = has {
                lines += DescribedTree(items: items, ignore: ignore) { names.expand($0) }.differences(found, isWhole: false)
            }
            for path in lacks where found.items[path] != nil { lines.append("\(TreeSnapshot.shown(path)): exists, and should not") }
            return lines
        }
    }
}
