/// The CVS list (FLT-42 to FLT-45).
enum CVSIgnore {
    /// FLT-42, in order.
    static let defaults = """
        RCS SCCS CVS CVS.adm RCSLOG cvslog.* tags TAGS .make.state .nse_depinfo *~ #* .#* ,* _$* *$ *.old *.bak *.BAK \
        *.orig *.rej .del-* *.a *.olb *.o *.obj *.so *.exe *.Z *.elc *.ln core .svn/ .git/ .hg/ .bzr/
        """

    /// The list of this process; `isPerishable` when the `-C` rule that asks for it has modifier `p` (FLT-43).
    static func rules(reader: any FilterFileReader, isPerishable: Bool) -> [FilterRule] {
        var rules: [FilterRule] = []
        for word in FilterText.words([UInt8](defaults.utf8)) {
            var rule = FilterRule(kind: .exclude, pattern: word)
            rule.isPerishable = isPerishable
            rule.isPerishableIfKnown = true
            rules.append(rule)
        }
        for source in [reader.contents(of: .inHome(cvsFileName)), reader.cvsIgnoreVariable] {
            for word in FilterText.words(source ?? []) where word.count < FilterLimits.pattern {
                if word.elementsEqual([UInt8(ascii: "!")]) {
                    rules = []
                    continue
                }
                var rule = FilterRule(kind: .exclude, pattern: word)
                rule.isPerishable = isPerishable
                rules.append(rule)
            }
        }
        return rules
    }
}
