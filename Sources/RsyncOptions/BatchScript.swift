/// The shell script that goes with a batch file: the same command, reading the batch (XFR-147).
public enum BatchScript {
    /// `program`: the words that start this program. `rules`: the filter rules, in the syntax of `--filter`.
    public static func compose(
        program: [[UInt8]], words: [[UInt8]], arguments: ParsedArguments, rules: [[UInt8]]
    ) throws(ArgumentError) -> [UInt8] {
        guard rules.allSatisfy({ !$0.contains(0x0a) }) else {
            throw ArgumentError("cannot write a filter rule containing a newline to the batch replay script")
        }
        var parts = program.map(quoted)
        // Where NUL ends the rules of files, no text of lines can be read.
        let isText = !arguments.nulTerminated
        if isText, !rules.isEmpty {
            // What reads rules of old protocols knows no merging.
            let isOld = arguments.protocolNumber.map { $0 < 29 } ?? false
            parts.append(Array((isOld ? "--exclude-from='-'" : "--filter='._-'").utf8))
        }
        if !isText { parts += rules.map { Array("--filter=".utf8) + quoted($0) } }
        parts += options(words)
        parts.append(Array("${1:-".utf8) + quoted(destination(arguments)) + [UInt8(ascii: "}")])
        var script = [UInt8](parts.joined(separator: [0x20]))
        if isText, !rules.isEmpty {
            script += Array(" <<'#E#'\n".utf8)
            for rule in rules { script += rule + [0x0a] }
            script += Array("#E#".utf8)
        }
        return script + [0x0a]
    }

    private static func destination(_ arguments: ParsedArguments) -> [UInt8] {
        guard let last = arguments.positional.last else { return [] }
        return ((try? HostSpecification(last)) ?? nil)?.path ?? last
    }

    /// Without sources, destination, and what the rules and the list of files came from.
    private static func options(_ words: [[UInt8]]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.count > 1, word[0] == UInt8(ascii: "-") else { continue }
            guard word[1] == UInt8(ascii: "-") else {
                parts += letters(word, &rest)
                continue
            }
            if word.count == 2 { return parts }
            let equals = word.firstIndex(of: UInt8(ascii: "="))
            var name = word[..<(equals ?? word.count)]
            let long = ArgumentError.text(of: [UInt8](name.dropFirst(2)))
            let takesValue = OptionTable.named(long).map { $0.option.value != nil && !$0.isNegation } ?? false
            let value = equals.map { [UInt8](word[($0 + 1)...]) } ?? (takesValue ? rest.popFirst() : nil)
            if dropped.contains(long) { continue }
            if writing.contains(long) { name = Array("--read-batch".utf8)[...] }
            guard let value else {
                parts.append(quoted([UInt8](name)))
                continue
            }
            parts.append(name + (equals == nil ? [0x20] : [UInt8(ascii: "=")]) + quoted(value))
        }
        return parts
    }

    private static let writing: Set = ["write-batch", "only-write-batch"]
    private static let dropped: Set = ["exclude", "exclude-from", "include", "include-from", "filter", "files-from"]

    private static func letters(_ word: [UInt8], _ rest: inout ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard let position = word.indices.dropFirst().first(where: { OptionTable.lettered(word[$0])?.value != nil }) else {
            return [quoted(word)]
        }
        let isAttached = position + 1 < word.count
        let value = isAttached ? nil : rest.popFirst()
        if word[position] == UInt8(ascii: "f") { return position > 1 ? [quoted([UInt8](word[..<position]))] : [] }
        return [quoted(word)] + (value.map { [quoted($0)] } ?? [])
    }

    /// For a shell: in single quotes, those inside outside of them.
    static func quoted(_ word: [UInt8]) -> [UInt8] {
        let quote = UInt8(ascii: "'")
        return [quote] + word.flatMap { $0 == quote ? Array("'\\''".utf8) : [$0] } + [quote]
    }
}
