import RsyncOptions

/// Which options the cases show at work.
enum OptionCover {
    /// `partial-dir`, or the letter of an option without a long name.
    static func name(_ option: Option) -> String { option.names.first ?? option.letter.map { String($0) } ?? "" }

    /// The option that a word of `covers` names.
    static func option(_ word: String) -> Option? {
        OptionTable.all.first { $0.names.contains(word) || $0.negations.contains(word) }
            ?? OptionTable.all.first { word.count == 1 && $0.letter == word.first }
    }

    /// Every breach of the law that each supported option has a case.
    static func breaches(_ cases: [OptionCase]) -> [String] {
        var lines: [String] = []
        var covered: Set<String> = []
        for subject in cases {
            for word in subject.covers {
                if let option = option(word) {
                    covered.insert(name(option))
                } else {
                    lines.append("\(subject.slug) covers --\(word), which is no option")
                }
            }
        }
        for (slug, found) in Dictionary(grouping: cases, by: \.slug) where found.count > 1 {
            lines.append("\(found.count) cases are called \(slug)")
        }
        let supported = Set(OptionTable.all.filter { $0.support == .supported && $0.wire != .serverOnly && !OptionTable.own.contains($0.names.first ?? "") }.map(name))
        for option in supported.subtracting(covered).sorted() {
            lines.append("--\(option) is supported, and no case covers it")
        }
        let slugs = Set(cases.map(\.slug))
        for known in KnownDifference.all where !slugs.contains(known.slug) {
            lines.append("a known difference names \(known.slug), which is no case")
        }
        return lines
    }

    /// The arguments of a case without the options it covers.
    static func without(_ covered: [String], _ arguments: [String]) -> [String] {
        let options = covered.compactMap { option($0) }
        var rest: [String] = []
        var index = arguments.startIndex
        while index < arguments.endIndex {
            let word = arguments[index]
            index += 1
            if word.hasPrefix("--") {
                let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let name = parts.first.map(String.init), let option = named(name, options) else {
                    rest.append(word)
                    continue
                }
                let takesValue = option.value != nil && option.names.contains(name)
                if takesValue, parts.count == 1 { index += 1 }
            } else if word.hasPrefix("-"), word.count > 1 {
                index = shorten(word, options, arguments, index, &rest)
            } else {
                rest.append(word)
            }
        }
        return rest
    }

    private static func named(_ name: String, _ options: [Option]) -> Option? {
        options.first { $0.names.contains(name) || $0.negations.contains(name) }
    }

    /// Takes letters out of a bundle; returns where the next word stands.
    private static func shorten(
        _ word: String, _ options: [Option], _ arguments: [String], _ next: Int, _ rest: inout [String]
    ) -> Int {
        var kept = "-"
        let letters = Array(word.dropFirst())
        for (position, letter) in letters.enumerated() {
            let isCovered = options.contains { $0.letter == letter }
            let takesValue = OptionTable.all.contains { $0.letter == letter && $0.value != nil }
            if !isCovered { kept.append(letter) }
            guard takesValue else { continue }
            let isLast = position == letters.count - 1
            if !isCovered {
                kept += String(letters[(position + 1)...])
                rest.append(kept)
                if isLast, next < arguments.count { rest.append(arguments[next]) }
            } else if kept != "-" {
                rest.append(kept)
            }
            return isLast ? next + 1 : next
        }
        if kept != "-" { rest.append(kept) }
        return next
    }
}
