import RsyncProtocol

/// Values of fields in words.
enum FieldText {
    static func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map(hex).joined() }

    static func hexadecimal(_ value: UInt32) -> String {
        hexadecimal([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
    }

    static func compatFlags(_ flags: CompatFlags) -> String {
        let names: [(CompatFlags, String)] = [
            (.incrementalRecursion, "incremental-recursion"), (.symlinkTimes, "symlink-times"),
            (.symlinkIconv, "symlink-iconv"), (.safeFileList, "safe-file-list"),
            (.avoidXattrOptimisation, "avoid-xattr-optimisation"), (.checksumSeedFix, "checksum-seed-fix"),
            (.inplacePartialDir, "inplace-partial-dir"), (.varintFileListFlags, "varint-file-list-flags"),
            (.idZeroNames, "id-zero-names"),
        ]
        return joined("0x" + String(flags.rawValue, radix: 16), names.filter { flags.contains($0.0) }.map(\.1))
    }

    static func item(_ item: ItemAttributes) -> String {
        let names: [(ItemFlags, String)] = [
            (.transfer, "transfer"), (.isNew, "new"), (.localChange, "local-change"), (.reportAtime, "atime"),
            (.reportChange, "change"), (.reportSize, "size"), (.reportTime, "time"),
            (.reportPermissions, "permissions"), (.reportOwner, "owner"), (.reportGroup, "group"), (.reportACL, "acl"),
            (.reportXattr, "xattr"), (.reportCrtime, "crtime"),
        ]
        var words = names.filter { item.flags.contains($0.0) }.map(\.1)
        if item.flags.contains(.basisTypeFollows) { words.append("basis 0x\(hex(item.basis.rawValue))") }
        if item.flags.contains(.xnameFollows) { words.append("xname \(QuotedWords.write(item.xname))") }
        return joined("0x" + String(item.flags.rawValue, radix: 16), words)
    }

    static func listItem(_ item: FileListDecoder.Item) -> String {
        switch item {
        case .end(let errors): errors == 0 ? "end of list" : "end of list, errors \(errors)"
        case .entry(let entry): Self.entry(entry)
        }
    }

    private static func entry(_ entry: FileEntry) -> String {
        var words = [
            QuotedWords.write(entry.name), "mode \(String(entry.mode.bits, radix: 8))", "length \(entry.length)",
            "mtime \(entry.mtime)" + (entry.nanoseconds == 0 ? "" : "+\(entry.nanoseconds) ns"),
            "owner \(entry.uid):\(entry.gid)",
        ]
        if entry.atime != 0 { words.append("atime \(entry.atime)") }
        if let name = entry.userName { words.append("user \(QuotedWords.write(name))") }
        if let name = entry.groupName { words.append("group \(QuotedWords.write(name))") }
        if entry.rdev != .none { words.append("device \(entry.rdev.major):\(entry.rdev.minor)") }
        if !entry.linkTarget.isEmpty { words.append("leads to \(QuotedWords.write(entry.linkTarget))") }
        if !entry.checksum.isEmpty { words.append("sum \(hexadecimal(entry.checksum))") }
        if entry.linkGroup >= 0 { words.append("link group \(entry.linkGroup)") }
        if entry.isTop { words.append("top") }
        if entry.mode.isDirectory, !entry.hasContent { words.append("without content") }
        if entry.isImplied { words.append("implied") }
        return words.joined(separator: ", ")
    }

    static func idListItem(_ item: IdListItem) -> String {
        switch item {
        case .name(let id, let name): "\(id) is \(QuotedWords.write(name))"
        case .end(let zeroName?): "end, 0 is \(QuotedWords.write(zeroName))"
        case .end(nil): "end"
        }
    }

    static func statistics(_ statistics: TransferStatistics) -> String {
        "read \(statistics.bytesRead), written \(statistics.bytesWritten), total size \(statistics.totalSize), "
            + "list built in \(statistics.listBuildMilliseconds) ms, sent in \(statistics.listTransferMilliseconds) ms"
    }

    private static func joined(_ number: String, _ words: [String]) -> String {
        words.isEmpty ? number : "\(number) \(words.joined(separator: " "))"
    }
}
