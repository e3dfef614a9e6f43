/// Which rule decided about an item, in the form that `--debug=filter` shows (FLT-109).
public struct FilterExplanation: Sendable, Equatable {
    public let isInclude: Bool
    /// The pattern. Lines of files are not shown: whose files were read is not always whose output it is.
    public let pattern: [UInt8]

    fileprivate init(_ rule: FilterRule, _ origin: String) {
        isInclude = rule.kind == .include
        pattern = (rule.depth > 0 ? Array("<rule from a file read earlier>".utf8) : rule.patternText) + origin.utf8
    }
}

extension FilterList {
    /// As `check`; nil where no rule decides.
    public func explanation(
        _ name: [UInt8], isDirectory: Bool, side: FilterSide, insideDoomedDirectory: Bool = false
    ) -> FilterExplanation? {
        Question(name: name, isDirectory: isDirectory, side: side, insideDoomedDirectory: insideDoomedDirectory)
            .flatMap { explain($0, rules) }
    }

    func explain(
        _ question: Question, _ rules: [FilterRule], merges: [FilterScope.Merge] = [], origin: String = ""
    ) -> FilterExplanation? {
        for rule in rules {
            // One rule at a time, so that what decides is what `check` asks.
            guard decide(question, [rule], merges: merges) != .none else { continue }
            if rule.kind == .dirMerge, let merge = merges.first(where: { $0.baseName == rule.baseName }) {
                let name = merge.rule.depth > 0 ? "<rule from a file read earlier>" : String(decoding: merge.baseName, as: UTF8.self)
                return explain(question, merge.rules, merges: merges, origin: " [per-dir \(name)]")
            }
            if rule.isCVS { return explain(question, cvsRules ?? [], origin: " [global CVS]") }
            return FilterExplanation(rule, origin)
        }
        return nil
    }
}

extension FilterScope {
    /// As `check`; nil where no rule decides.
    public func explanation(
        _ name: [UInt8], isDirectory: Bool, insideDoomedDirectory: Bool = false
    ) -> FilterExplanation? {
        FilterList.Question(name: name, isDirectory: isDirectory, side: side, insideDoomedDirectory: insideDoomedDirectory)
            .flatMap { list.explain($0, list.rules, merges: merges) }
    }
}
