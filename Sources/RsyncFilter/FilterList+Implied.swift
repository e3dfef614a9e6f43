// Rules that other options bring along, to be added after everything from the command line (FLT-18).

extension FilterList {
    /// `--old-dirs`: contents of directories are not wanted.
    public mutating func addOldDirectoriesRule() {
        let rule = FilterRule(kind: .exclude, pattern: [UInt8]("/*/*".utf8))
        note(rule)
        append(rule)
    }

    /// `--backup` without `--backup-dir`, with deletion but without `--delete-excluded`: backups are not deleted.
    public mutating func addBackupProtection(suffix: [UInt8]) {
        var rule = FilterRule(kind: .exclude, pattern: [UInt8(ascii: "*")] + suffix)
        rule.sides = .receiver
        note(rule)
        append(rule)
    }

    /// `--partial-dir` with a relative name, which is taken as a pattern. Perishable where the peer knows such rules, or
    /// this client is the receiver.
    public mutating func addPartialDirectoryRule(_ directory: [UInt8]) {
        var rule = FilterRule(kind: .exclude, pattern: directory.last == slash ? directory : directory + [slash])
        rule.isPerishableIfKnown = true
        rule.isPerishableForReceiver = true
        append(rule)
    }

    /// Option `-C`: `:C` and `-C` behind everything else (FLT-45). A client adds them before it sends its list when it
    /// is the sender and after that when it is the receiver (FLT-82); a server adds behind the received rules what
    /// FLT-88 says.
    ///
    /// `protects`: the rules stand for both sides even under `--delete-excluded`, as on the client of a pull, which comes
    /// to them late (FLT-70).
    public mutating func addCVSOption(
        reader: any FilterFileReader, merge: Bool = true, list: Bool = true, protects: Bool = false
    ) throws(FilterError) {
        if merge, var rule = try FilterRule.parse([UInt8](":C".utf8)) {
            rule.isCVSOption = true
            try add(rule, text: rule.text, reader: reader)
        }
        if list, var rule = try FilterRule.parse([UInt8]("-C".utf8)) {
            if protects { rule.sides = [.sender, .receiver] }
            try add(rule, text: rule.text, reader: reader)
            guard protects else { return }
            for index in (cvsRules ?? []).indices { cvsRules?[index].sides = rule.sides }
        }
    }

    /// Option `-F`: the first adds the merge of `/.rsync-filter`, the second hides those files, more add nothing
    /// (FLT-17). `occurrence` counts from 1.
    public mutating func addFilterFileOption(occurrence: Int) throws(FilterError) {
        if occurrence == 1 { try add(parsing: [UInt8](": /.rsync-filter".utf8)) }
        if occurrence == 2 { try add(parsing: [UInt8]("- .rsync-filter".utf8)) }
    }
}
