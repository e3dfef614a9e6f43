import RsyncDigest
import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Compares what our side said and did with the recording.
struct ReplayComparison {
    let session: DissectedSession
    let recorded: ReplayDecoder
    let ours: ReplayDecoder
    private(set) var differences: [ReplayDifference] = []

    init(session: DissectedSession, recorded: ReplayDecoder, ours: ReplayDecoder) {
        self.session = session
        self.recorded = recorded
        self.ours = ours
    }

    private mutating func note(
        _ field: String, _ clause: String, _ text: String, offset: Int = 0, recorded: [UInt8] = [], ours: [UInt8] = []
    ) {
        differences.append(
            ReplayDifference(field: field, clause: clause, offset: offset, text: text, recorded: recorded, ours: ours))
    }

    // MARK: How it went

    mutating func end(_ result: SessionResult, expected: Int32, taken: Int, of count: Int, stalled: String?, said: [String]) {
        if let stalled { note("order", "SES-129", stalled, offset: taken) }
        if result.exitCode != expected, !ReplayTolerance.isOfServer(expected, isPush: session.isPush) || result.exitCode != 0 {
            note("exit", "SES-159", "\(result.exitCode), recorded \(expected) \(result.error?.message ?? "") \(said.prefix(3))", offset: taken)
        }
        if taken != count { note("end", "SES-143", "\(count - taken) of the peer's bytes were not read", offset: taken) }
        understood()
    }

    mutating func understood() {
        if let failure = ours.failure {
            note("output", "-", "what we wrote is not understood: \(failure.reason)", offset: failure.offset)
        } else if ours.undecoded > 0 {
            note("output", "-", "\(ours.undecoded) bytes that belong to no item", offset: ours.end)
        }
    }

    mutating func startUp() {
        guard recorded.checksumNames != nil || ours.checksumNames != nil else { return }
        if ours.checksumNames?.names != recorded.checksumNames?.names {
            note(
                "checksum-list", "SES-55", "not the same names", recorded: recorded.checksumNames?.text ?? [],
                ours: ours.checksumNames?.text ?? [])
        }
    }

    // MARK: We receive

    mutating func rules() {
        func rules(_ decoder: ReplayDecoder) -> [[UInt8]] {
            for placed in decoder.items { if case .rules(let rules) = placed.item { return rules } }
            return []
        }
        if rules(recorded) != rules(ours) {
            note(
                "rule", "FLT-76", "not the same filter list", recorded: Array(rules(recorded).joined(separator: [0x0a])),
                ours: Array(rules(ours).joined(separator: [0x0a])))
        }
    }

    mutating func requests() {
        func requests(_ decoder: ReplayDecoder) -> [Int32: [(ReplayRequest, Int)]] {
            var found: [Int32: [(ReplayRequest, Int)]] = [:]
            for placed in decoder.items {
                if case .request(let request) = placed.item { found[request.index, default: []].append((request, placed.start)) }
            }
            return found
        }
        let (theirs, own) = (requests(recorded), requests(ours))
        for index in Set(theirs.keys).union(own.keys).sorted() {
            let (expected, actual) = (theirs[index] ?? [], own[index] ?? [])
            guard expected.count == actual.count else {
                note(
                    "request", "XFR-13", "index \(index) is asked for \(actual.count) times, recorded \(expected.count)",
                    offset: expected.first?.1 ?? 0)
                continue
            }
            for ((expected, offset), (actual, _)) in zip(expected, actual) { compare(expected, actual, offset) }
        }
        if marks(recorded) != marks(ours) {
            note("index", "SES-129", "\(marks(ours)) marks, recorded \(marks(recorded))")
        }
    }

    private mutating func compare(_ expected: ReplayRequest, _ actual: ReplayRequest, _ offset: Int) {
        let acted = ReplayTolerance.actedOn
        if expected.attributes.flags.intersection(acted) != actual.attributes.flags.intersection(acted)
            || expected.attributes.basis != actual.attributes.basis || expected.attributes.xname != actual.attributes.xname
        {
            note(
                "item", "XFR-16", "index \(expected.index): \(FieldText.item(actual.attributes)), recorded \(FieldText.item(expected.attributes))",
                offset: offset)
        }
        if expected.head != actual.head {
            note(
                "sum-head", "XFR-24", "index \(expected.index): \(actual.head), recorded \(expected.head)", offset: offset,
                recorded: bytes { expected.head.write(to: &$0) }, ours: bytes { actual.head.write(to: &$0) })
        } else if let block = zip(expected.sums, actual.sums).enumerated().first(where: { $1.0 != $1.1 }) {
            note(
                "block-sum", "XFR-52", "index \(expected.index), block \(block.offset)", offset: offset,
                recorded: bytes { block.element.0.write(to: &$0) }, ours: bytes { block.element.1.write(to: &$0) })
        }
    }

    private func marks(_ decoder: ReplayDecoder) -> Int {
        decoder.items.reduce(0) { sum, placed in
            if case .done = placed.item { sum + 1 } else { sum }
        }
    }

    private func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }

    /// The tree must be the source as far as it was sent, and beside it what was there and not deleted.
    mutating func tree(
        _ tree: MemoryTree, before: TreeContents, source: MemoryTree, names: Set<[UInt8]>,
        leaving: (_ name: [UInt8], _ isSent: Bool) -> Bool, deletes: Bool, hardLinks: Bool
    ) throws {
        let hasNanoseconds = session.traits.hasNanoseconds
        var expected = try TreeContents(source, hasNanoseconds: hasNanoseconds)
        expected.keep { names.contains($0) }
        if !deletes { expected.add(before, where: { !names.contains($0) }) }
        expected.keep { !leaving($0, names.contains($0)) }
        var found = try TreeContents(tree, hasNanoseconds: hasNanoseconds)
        found.keep { !leaving($0, names.contains($0)) }
        let actual = found.lines(hardLinks: hardLinks)
        let wanted = expected.lines(hardLinks: hardLinks)
        for line in wanted where !actual.contains(line) { note("tree", "MET-25", "missing: \(line)") }
        for line in actual where !wanted.contains(line) { note("tree", "MET-25", "surplus: \(line)") }
    }

    // MARK: We send

    private func lists(_ decoder: ReplayDecoder) -> [(ReplayList, Int)] {
        decoder.items.compactMap { placed in
            if case .list(let list) = placed.item { (list, placed.start) } else { nil }
        }
    }

    mutating func lists() {
        let (theirs, own) = (lists(recorded), lists(ours))
        if theirs.map(\.0.directory) != own.map(\.0.directory) {
            note(
                "file list", "FLS-122",
                "of directories \(own.map { $0.0.directory ?? -1 }), recorded \(theirs.map { $0.0.directory ?? -1 })")
        }
        for ((expected, offset), (actual, _)) in zip(theirs, own) {
            let before = Dictionary(expected.entries.map { ($0.name, ReplayTolerance.essence($0)) }) { first, _ in first }
            let after = Dictionary(actual.entries.map { ($0.name, ReplayTolerance.essence($0)) }) { first, _ in first }
            for name in Set(before.keys).union(after.keys).sorted(by: { $0.lexicographicallyPrecedes($1) })
            where before[name] != after[name] {
                let shown = [after[name], before[name]].map { $0.map { FieldText.listItem(.entry($0)) } ?? "nothing" }
                note("entry", "FLS-37", "\(QuotedWords.write(name)): \(shown[0]), recorded \(shown[1])", offset: offset)
            }
            if expected.errors != actual.errors {
                note("list-errors", "FLS-82", "\(actual.errors), recorded \(expected.errors)", offset: offset)
            }
        }
    }

    /// What the blocks of a reply are blocks of (MET-69).
    private func basis(_ reply: ReplayReply, _ path: String, _ destination: MemoryTree, _ beside: [MemoryTree]) -> [UInt8] {
        let basis = reply.attributes.basis
        if !session.traits.hasItemFlags {
            // Which it is does not travel (XFR-19): what is there, and else the first that has it.
            return destination.bytes(path) ?? beside.lazy.compactMap { $0.bytes(path) }.first ?? []
        }
        let tree = basis.alternateIndex.flatMap { beside.indices.contains($0) ? beside[$0] : nil } ?? destination
        guard basis.isFuzzy else { return tree.bytes(path) ?? [] }
        let directory = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = String(decoding: reply.attributes.xname, as: UTF8.self)
        return tree.bytes(directory.isEmpty ? name : "\(directory)/\(name)") ?? []
    }

    /// `source` and `destination` as they were before; nil where they are not known: then only what was said is compared.
    mutating func replies(source: MemoryTree, destination: MemoryTree, beside: [MemoryTree] = []) {
        func replies(_ decoder: ReplayDecoder) -> [(ReplayReply, Int)] {
            decoder.items.compactMap { placed in
                if case .reply(let reply) = placed.item { (reply, placed.start) } else { nil }
            }
        }
        var (theirs, own) = (replies(recorded), replies(ours))
        guard theirs.map(\.0.index) == own.map(\.0.index) else {
            note("reply", "XFR-6", "for \(own.map(\.0.index)), recorded \(theirs.map(\.0.index))")
            return
        }
        let names = names(lists(ours).map(\.0))
        do throws(WireError) {
            let (first, second) = (ReplayInflater(session), ReplayInflater(session))
            for position in own.indices {
                let path = String(decoding: names[own[position].0.index] ?? [], as: UTF8.self)
                let basis = basis(own[position].0, path, destination, beside)
                theirs[position].0 = try first.plain(theirs[position].0, basis: basis)
                own[position].0 = try second.plain(own[position].0, basis: basis)
            }
        } catch {
            note("record", "XFR-92", "\(error)")
            return
        }
        for (position, ((expected, offset), (actual, _))) in zip(theirs, own).enumerated() {
            let name = names[actual.index] ?? []
            let path = String(decoding: name, as: UTF8.self)
            if expected.attributes != actual.attributes || expected.head != actual.head {
                note("reply", "XFR-55", "\(path): not the recorded item and sum head", offset: offset,
                    recorded: bytes { expected.head.write(to: &$0) }, ours: bytes { actual.head.write(to: &$0) })
            }
            if expected.fileSum != actual.fileSum {
                note("file-sum", "XFR-113", path, offset: offset, recorded: expected.fileSum, ours: actual.fileSum)
            }
            let old = basis(actual, path, destination, beside)
            let kept = session.options.appends ? old : []
            // Short strong sums may agree by chance: then both are wrong alike, and the file is asked for again.
            let result = actual.applied(to: old).map { kept + $0 }
            let isRedone = result != nil && own[(position + 1)...].contains { $0.0.index == actual.index }
            if result != source.bytes(path), !isRedone || result != expected.applied(to: old).map({ kept + $0 }) {
                note("token", "XFR-81", "\(path): the tokens do not give the file", offset: offset)
            }
        }
        let literal = (theirs.reduce(0) { $0 + $1.0.literalBytes }, own.reduce(0) { $0 + $1.0.literalBytes })
        if !ReplayTolerance.accepts(literal: literal.1, recorded: literal.0) {
            note("literal", "XFR-81", "\(literal.1) bytes, recorded \(literal.0)")
        }
        if marks(recorded) != marks(ours) {
            note("index", "SES-129", "\(marks(ours)) marks, recorded \(marks(recorded))")
        }
    }

    /// Index to name, as a receiver would sort it.
    private func names(_ lists: [ReplayList]) -> [Int32: [UInt8]] {
        var names: [Int32: [UInt8]] = [:]
        for list in lists {
            var builder = FileListBuilder(startIndex: list.startIndex, traits: session.traits)
            for entry in list.entries { builder.append(entry) }
            let sorted = builder.finish(removingDuplicates: false)
            for position in 0..<sorted.count { names[list.startIndex + Int32(position)] = sorted.name(at: position) }
        }
        return names
    }
}
