/// One clause of the specification, as its document has it.
public struct Clause: Equatable, Sendable {
    public let id: ClauseIdentifier
    /// How binding it is; nil when the document does not say, which is a fault of the document.
    public let level: Level?
    /// The protocols it holds for; nil as above.
    public let protocols: ProtocolSet?
    /// The words in bold behind the id, without their full stop; empty where a document gives its clauses none.
    public let title: String
    /// What it says, in Markdown, without id, title and mark.
    public let text: String
    /// The heading it stands below.
    public let section: String
    /// The name of the file, without its directory.
    public let document: String
    /// Of the document, counted from 1.
    public let line: Int

    /// `[MUST 27-32]`, as it stands in the document.
    public var mark: String {
        guard let level else { return "[unmarked]" }
        return protocols.map { "[\(level.rawValue) \($0)]" } ?? "[\(level.rawValue)]"
    }

    /// The title, or what the text begins with: one line of at most `limit` characters.
    public func summary(limit: Int = 100) -> String {
        let source = title.isEmpty ? Self.firstSentence(of: text) : title
        guard source.count > limit else { return source }
        let cut = source.prefix(limit - 1)
        // At a space, unless that loses most of it.
        let end = cut.lastIndex(of: " ").map { cut.distance(from: cut.startIndex, to: $0) > limit / 2 ? $0 : cut.endIndex }
        return String(cut[..<(end ?? cut.endIndex)]) + "…"
    }

    private static func firstSentence(of text: String) -> String {
        var paragraph = text.split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.allSatisfy(\.isWhitespace) }
            .map { $0.trimmed() }.joined(separator: " ")[...]
        if paragraph.hasPrefix("*(note)* ") { paragraph = paragraph.dropFirst(9) }
        var isCode = false
        var previous: Character = " "
        for index in paragraph.indices {
            let character = paragraph[index]
            if character == "`" { isCode.toggle() }
            if character == " ", !isCode, previous == "." || previous == ":" || previous == ";" {
                let sentence = paragraph[..<index]
                // "i.e. ", "P. ": an abbreviation ends nothing.
                let word = sentence.dropLast().reversed().prefix { $0 != " " }
                let isAbbreviation = previous == "." && ((word.count == 1 && word.first?.isLetter == true) || word.contains("."))
                // "**vstring**. One byte …": a term alone does not tell what is said of it.
                if isAbbreviation || sentence.count < 40 {
                    previous = character
                    continue
                }
                return String(sentence.dropLast())
            }
            previous = character
        }
        return String(paragraph.hasSuffix(".") || paragraph.hasSuffix(":") ? paragraph.dropLast() : paragraph)
    }
}

extension StringProtocol {
    /// Without spaces at either end.
    func trimmed() -> Substring {
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
