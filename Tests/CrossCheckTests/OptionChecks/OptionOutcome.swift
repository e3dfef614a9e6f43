import PeerKit

/// What a job did, without what no two runs have in common.
struct OptionOutcome: Sendable {
    let status: Int32
    let trees: [String: TreeSnapshot]
    let output: [String]
    let errors: [String]
    /// The same whole.
    let messages: [String]
    let probed: [String]
    /// Everything that was said, as it was.
    let said: String

    /// One line for every difference; empty when both are the same.
    func differences(from expected: OptionOutcome, comparing: OptionCase.Comparison) -> [String] {
        var lines: [String] = []
        if comparing.contains(.status), status != expected.status {
            lines.append("exit status \(status), expected \(expected.status)")
        }
        if comparing.contains(.tree) {
            for name in Set(trees.keys).union(expected.trees.keys).sorted() {
                switch (trees[name], expected.trees[name]) {
                case (let found?, let wanted?): lines += found.differences(from: wanted).map { "\(name)/ \($0)" }
                case (nil, _?): lines.append("\(name) is missing")
                case (_?, nil): lines.append("\(name) should not exist")
                case (nil, nil): break
                }
            }
        }
        if comparing.contains(.orderedStdout) {
            if output != expected.output { lines += ["stdout:"] + output + ["expected:"] + expected.output }
        } else if comparing.contains(.stdout) {
            lines += Self.compare("stdout", output, expected.output)
        }
        if comparing.contains(.stderr) { lines += Self.compare("stderr", errors, expected.errors) }
        if comparing.contains(.wholeStderr) { lines += Self.compare("stderr", messages, expected.messages) }
        if probed != expected.probed { lines += Self.compare("probe", probed, expected.probed) }
        return lines
    }

    /// As multisets: the order of lines of two processes is nobody's promise.
    private static func compare(_ title: String, _ found: [String], _ wanted: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for line in found { counts[line, default: 0] += 1 }
        for line in wanted { counts[line, default: 0] -= 1 }
        let lines = counts.sorted { $0.key < $1.key }.compactMap { line, count -> String? in
            count == 0 ? nil : count > 0 ? "\(title) has: \(line)" : "\(title) lacks: \(line)"
        }
        return lines.isEmpty && found != wanted && title == "probe" ? ["probe: other order"] : lines
    }
}

/// Takes out of what programs say what differs from run to run: places, rates, the versions in messages.
struct OptionText {
    let directory: String
    let programs: OptionPrograms

    func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            // Progress overwrites itself: the last state of it counts.
            let last = line.split(separator: "\r").last ?? ""
            return Self.withoutFigures(withoutPlaces(String(last)))
        }
    }

    /// An error's closing line without where in a program it was, any other by its first words.
    func messages(_ text: String) -> [String] {
        wholeMessages(text).map { $0.hasPrefix("rsync error: ") || $0.hasPrefix("rsync warning: ") ? $0 : $0.split(separator: " ").prefix(5).joined(separator: " ") }
    }

    /// The same, the others whole, without the clause that ours may cite.
    func wholeMessages(_ text: String) -> [String] {
        text.split { $0 == "\n" || $0 == "\r\n" }.compactMap { line in
            var line = withoutPlaces(String(line))
            guard !Self.isByChance(line) else { return nil }
            if let place = line.firstRange(of: ") at ") { return line[..<place.lowerBound] + ")" }
            if let clause = line.ranges(of: " [").last, Self.isClause(line[clause.upperBound...]) { line.removeSubrange(clause.lowerBound...) }
            return line
        }
    }

    /// `FLT-12]`
    private static func isClause(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 3 && parts[0].allSatisfy(\.isUppercase) && parts[1].hasSuffix("]")
            && parts[1].dropLast().allSatisfy(\.isNumber)
    }

    /// What a stock rsync says only if it learns of the other's end in a certain way.
    private static func isByChance(_ line: String) -> Bool {
        line.hasSuffix("write error: Broken pipe (32)") || line.contains("received SIGUSR1 (code 19)")
    }

    private func withoutPlaces(_ line: String) -> String {
        [(directory, "@DIR@"), (programs.ours, "@RSYNC@"), (programs.stock, "@RSYNC@"), (programs.newest, "@RSYNC@")].reduce(line) { line, pair in
            line.split(separator: pair.0, omittingEmptySubsequences: false).joined(separator: pair.1)
        }
    }

    /// Figures about the connection and the clock become `N`.
    private static func withoutFigures(_ line: String) -> String {
        let unstable = [
            "sent ", "Total bytes sent:", "Total bytes received:", "File list size:", "File list generation time:",
            "File list transfer time:",
        ]
        if unstable.contains(where: { line.hasPrefix($0) }) {
            return line.split(separator: " ").map { $0.first?.isNumber == true ? "N" : String($0) }.joined(separator: " ")
        }
        if line.hasPrefix("total size is "), let speed = line.firstRange(of: " speedup is ") {
            let rest = line[speed.upperBound...].firstIndex(of: " ").map { String(line[$0...]) } ?? ""
            return line[..<speed.upperBound] + "N" + rest
        }
        return withoutNumbers(withoutRate(line))
    }

    /// Of lines of `--debug`: numbers of processes, what temporary names end in, and places in a program's source.
    private static func withoutNumbers(_ line: String) -> String {
        let line = line.replacing(#/ (starting pid=|waiting on )\d+$/#, with: { " \($0.1)N" })
            .replacing(#/file=\S+, line=-?\d+\)/#, with: "file=F, line=N)")
        guard line.hasPrefix("renaming ") || line.hasPrefix("set uid of ") || line.hasPrefix("set gid of ") else { return line }
        return line.replacing(#/\.[A-Za-z0-9]{6} (to|from) /#, with: { ".TEMP \($0.1) " })
    }

    /// `      1,024 100%  1000.00kB/s    0:00:00 (xfr#1, to-chk=0/2)`: rate, time, and how far the list had come.
    private static func withoutRate(_ line: String) -> String {
        let words = line.split(separator: " ")
        guard words.count >= 4, words[1].hasSuffix("%"), words[2].hasSuffix("/s") else { return line }
        let rest = words.dropFirst(4).map { word in
            word.hasPrefix("ir-chk=") || word.hasPrefix("to-chk=") ? "to-chk=N)" : String(word)
        }
        return ([String(words[0]), String(words[1])] + rest).joined(separator: " ")
    }
}
