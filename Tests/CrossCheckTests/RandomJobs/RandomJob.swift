import Glibc
import PeerKit
import TestSupport

/// A job that a seed decides in all: trees, options, role, protocol and peer.
struct RandomJob: Sendable {
    /// Seconds for one run, which takes a small part of one, on a busy machine too.
    private static let longest = 30

    let seed: UInt64
    let role: OptionRole
    let number: Int32
    let isOld: Bool
    var units: [[String]]
    var sources: [String]
    /// By name: the source, and the destination, bases and the like where there are any.
    var trees: [String: RandomTree]

    init(seed: UInt64, hasOld: Bool) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        role = OptionRole.allCases.randomElement(using: &random)!
        let old = Int.random(in: 0..<4, using: &random) == 0
        isOld = hasOld && old
        number = Int32.random(in: 27...(isOld ? 31 : 32), using: &random)
        units = RandomChoice.draw(number: number, using: &random)
        // Its receiver opens no basis above the destination: "failed verification", and the file is missing.
        if isOld { units = units.map { $0.map { $0.replacing("-dest=../", with: "-dest=@DIR@/") } } }
        let source = RandomTree(using: &random)
        trees = ["src": source]
        let rate = [5, 20, 60].randomElement(using: &random)!
        switch Int.random(in: 0..<10, using: &random) {
        case 0: break
        case 1:
            trees["dst"] = source
            trees["dst"]!.nodes = [:]
        default: trees["dst"] = source.mutated(rate: rate, using: &random)
        }
        let words = units.flatMap { $0 }
        if words.contains(where: { $0.hasSuffix("/base") }) { trees["base"] = source.mutated(rate: 20, using: &random) }
        if words.contains(where: { $0.hasSuffix("/other") }) { trees["other"] = source.mutated(rate: 50, using: &random) }
        if words.contains("@DIR@/tmp") {
            trees["tmp"] = source
            trees["tmp"]!.nodes = [:]
        }
        // What was made without fake mode and cannot be kept in it is left as it is, where stock changes or refuses it.
        if words.contains("--fake-super") { for name in trees.keys where name != "src" { trees[name]!.nodes = [:] } }
        sources = ["src/"]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: sources = ["src"]
        case 1:
            // With --relative the leading directories come too.
            units.append(["-R"])
            if Bool.random(using: &random) { sources = ["./src"] }
        default: break
        }
        if Int.random(in: 0..<2, using: &random) == 0 { units.append(["-i"]) }
        // Out only now: what else is drawn stays the same.
        let drawn = units
        units.removeAll { RandomChoice.isLeftOut($0, among: drawn, role: role, number: number) }
        // Copies the tree into itself, while it grows or as deep as the system lets it: timing and the version of stock decide.
        if source.hasLoops { units.removeAll { [["--copy-unsafe-links"], ["-L"], ["-k"]].contains($0) } }
        // Stock 3.5.0 follows no symlink that leads out of the destination, and gives it the directory's time.
        if trees["dst"]?.hasLoops == true { units.removeAll { $0 == ["-K"] } }
        if let there = trees["dst"]?.nodes {
            // Stock looks through a symlink that it keeps in a directory's place, and tries to delete what that leads to. With
            // incremental recursion it does not end when the last name of a group should be below such a file.
            let isIncremental = number >= 30 && !drawn.contains(["--no-inc-recursive"])
            if source.nodes.contains(where: { path, node in
                guard node.mayBeDirectory(drawn), let kept = there[path] else { return false }
                if case .symlink = kept.kind { return true }
                return kept.kind != .directory && isIncremental && drawn.contains(["-H"])
            }) { units.removeAll { $0 == ["--ignore-existing"] } }
            // A file copied from the reference gets the permissions of the symlink or device that stood there.
            let keepsModes = (drawn.contains(["-a"]) || drawn.contains(["-p"])) && !drawn.contains(["--no-p"])
            if !keepsModes, there.contains(where: { path, node in !node.isFile && source.nodes[path]?.isFile == true }) {
                units.removeAll { $0[0].hasPrefix("--copy-dest") }
            }
            // 3.2.7 lets anything newer be, a directory in a file's place too; 3.5.0 files alone.
            if isOld, there.contains(where: { path, node in !node.isFile && source.nodes[path].map { $0.kind != node.kind } ?? false }) {
                units.removeAll { $0 == ["-u"] }
            }
        }
        // Without root's rights stock leaves owner bits behind on a directory that may be written to but not entered (MET-44).
        if drawn.contains(["--chmod=a-x,Dug+s"]) || trees.values.contains(where: \.hasClosedDirectories) {
            units.removeAll { $0 == ["--no-super"] }
        }
        // Written in place under one name while its sums are made under another: timing decides what comes of it.
        if !drawn.contains(["-H"]), trees["dst"]?.hasLinks == true { units.removeAll { $0 == ["--inplace"] || $0[0].hasPrefix("--append") } }
        // Below the destination's parent stock 3.5.0 finds no backup to write over ("Invalid argument").
        if units.contains(where: { $0[0] == "--inplace" || $0[0].hasPrefix("--append") }) {
            units = units.map { $0.map { $0.replacing("--backup-dir=../", with: "--backup-dir=@DIR@/") } }
        }
    }

    /// Whether the lines said are the same each time. Which name of a group comes first depends with inc-recursion on timing; below
    /// protocol 29 deletions are told by text, and a stock server forgets the names.
    private var comparison: OptionCase.Comparison {
        let words = units.flatMap { $0 }
        let isStable = words.contains("-i") && number >= 29 && !(words.contains("-H") && number >= 30 && !words.contains("--no-inc-recursive"))
        return isStable ? [.tree, .status, .stdout] : [.tree, .status]
    }

    private func job(client: String, server: String) -> OptionJob {
        let subject = OptionCase(
            "seed-\(seed)", covers: [], setUp: "", units.flatMap { $0 }, sources: sources, comparing: comparison, extraTrees: ["."])
        return OptionJob(subject: subject, direction: role.direction, number: number, client: client, server: server)
    }

    /// Who is started and what it starts, for the reference and for what is tried.
    private func programs(_ programs: OptionPrograms, isReference: Bool) -> (client: String, server: String) {
        if isReference { return (programs.stock, programs.stock) }
        switch role {
        case .local: return (programs.ours, programs.ours)
        case .wePull, .wePush: return (programs.ours, programs.stock)
        case .stockPulls, .stockPushes: return (programs.stock, programs.ours)
        }
    }

    private func outcome(_ all: OptionPrograms, isReference: Bool) throws -> OptionOutcome {
        let (client, server) = programs(all, isReference: isReference)
        return try job(client: client, server: server).run(all, longest: Self.longest) { directory in
            for (name, tree) in trees { try tree.make(at: "\(directory)/\(name)") }
        }
    }

    /// With these stock breaks down with itself: what it leaves behind then is nothing to differ from.
    private static let breakdowns: Set<Int32> = [2, 10, 12]

    /// How ours differs from stock, and what it said; the status with which stock broke down, if it did.
    func differences(_ all: OptionPrograms) throws -> (lines: [String], said: String, breakdown: Int32?) {
        let reference = try outcome(all, isReference: true)
        guard reference.status != CommandResult.timedOut else { return ([], "", reference.status) }
        let found = try outcome(all, isReference: false)
        let lines = found.differences(from: reference, comparing: comparison)
        if !lines.isEmpty, Self.breakdowns.contains(reference.status) { return ([], found.said, reference.status) }
        return (lines, found.said, nil)
    }

    /// Whether stock does one thing or another: then nothing can be compared with it.
    func isMatterOfChance(_ all: OptionPrograms) throws -> Bool {
        let first = try outcome(all, isReference: true)
        for _ in 0..<5 where try !outcome(all, isReference: true).differences(from: first, comparing: comparison).isEmpty { return true }
        return false
    }

    // MARK: The smallest that fails

    /// Drops options, then items of the trees, as long as there is a difference and for so many seconds.
    func shrunk(_ programs: OptionPrograms, seconds: Int = 180) throws -> RandomJob {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var best = self
        var changed = true
        while changed {
            changed = false
            for index in best.units.indices.reversed() where clock.now < end {
                var smaller = best
                smaller.units.remove(at: index)
                if try smaller.fails(programs) { (best, changed) = (smaller, true) }
            }
        }
        for name in best.trees.keys.sorted() {
            for path in best.trees[name]!.order.reversed() where clock.now < end {
                var smaller = best
                smaller.trees[name]!.remove(path)
                if try smaller.fails(programs) { best = smaller }
            }
        }
        return best
    }

    private func fails(_ programs: OptionPrograms) throws -> Bool { try !differences(programs).lines.isEmpty }

    /// Bash that makes the job again: with `stock` both sides are stock's, without it one is ours.
    func script(_ all: OptionPrograms) -> String {
        func command(isReference: Bool) -> String {
            let (client, server) = programs(all, isReference: isReference)
            return ([client] + job(client: client, server: server).words(all)).map { RandomTree.quoted([UInt8]($0.utf8)) }
                .joined(separator: " ")
        }
        let lines = trees.keys.sorted().flatMap { trees[$0]!.script(at: $0) }
        return """
            cd "$(mktemp -d)"
            \(lines.joined(separator: "\n"))
            # stock: \(command(isReference: true))
            \(command(isReference: false))
            """
    }
}
