import RsyncProtocol
import RsyncWire

// `--link-dest`, `--copy-dest` and `--compare-dest` (MET-88 to MET-91).

extension Generator {
    enum AlternateUse {
        /// The item is in place.
        case done
        /// It is not to be there, since `--compare-dest` holds its equal.
        case matched
        /// Its content is worth something for the transfer.
        case basis(Basis)
        case nothing
    }

    /// What an item without data is compared with, and where that is.
    typealias Compared = (status: FileStatus, tree: any DestinationTree)

    private struct AlternateMatch {
        let number: Int
        let status: FileStatus
        /// 1: same kind; 2: quick check; 3: attributes too (MET-89).
        let level: Int
    }

    /// The first directory that reaches the highest level.
    private func findAlternate(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> AlternateMatch? {
        var best: AlternateMatch?
        for (number, alternate) in destination.alternates.enumerated() {
            guard let status = try? alternate.status(path), status.mode.type == entry.type else { continue }
            let level = try matchLevel(entry, status, alternate, path)
            if level > best?.level ?? 0 { best = AlternateMatch(number: number, status: status, level: level) }
            if level == 3 { break }
        }
        return best
    }

    private func matchLevel(
        _ entry: FileEntry, _ status: FileStatus, _ alternate: any DestinationTree, _ path: RelativePath
    ) throws(SessionError) -> Int {
        let passes: Bool
        switch entry.type {
        case .regular: passes = try isUnchanged(entry, status, alternate, path)
        case .symlink: passes = (try? alternate.ownLinkTarget(path)) == entry.linkTarget
        case .blockDevice, .characterDevice: passes = entry.rdev == status.rdev
        default: passes = true
        }
        guard passes else { return 1 }
        return plan.attributesUnchanged(entry, status) && !differsInExtended(entry, (alternate, path)) ? 3 : 2
    }

    /// Step 21 for regular files.
    func useAlternate(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath, _ existing: FileStatus?
    ) throws(SessionError) -> AlternateUse {
        guard let match = try findAlternate(entry, path) else { return .nothing }
        let alternate = destination.alternates[match.number]
        if let existing {
            // Only a perfect match is of use, and not when it is the very same file.
            guard match.level == 3, options.alternateKind == .compare || existing.inode != match.status.inode || existing.device != match.status.device
            else { return .nothing }
        }
        switch match.level {
        case 3 where options.alternateKind == .compare:
            if existing != nil, !options.dryRun { try? tree.removeFile(path) }
            try report(entry, index, plan.flags(entry, against: match.status, [], isAlternateMatch: true))
            try sayUnchanged(entry, AttributeChange())
            return .matched
        case 3 where options.alternateKind == .link:
            if try linkAlternate(entry, path, existing, alternate) {
                try report(
                    entry, index, plan.flags(entry, against: match.status, [.localChange, .xnameFollows], isSameLink: true))
                try sayUnchanged(entry, AttributeChange())
                return .done
            }
            fallthrough
        case 2, 3:
            guard existing == nil else { return .nothing }
            // A copy has a time of its own, however well it matches.
            let flags = plan.flags(entry, against: match.status, [.localChange])
                .union(extendedFlags(entry, (alternate, path)))
            // Before the report: when that comes back the receiver has to find the item.
            guard try copyAlternate(entry, path, alternate) else { return .nothing }
            try report(entry, index, flags)
            if match.level == 3, options.alternateKind == .copy { try sayUnchanged(entry, AttributeChange()) }
            return .done
        default:
            guard existing == nil else { return .nothing }
            return .basis(
                Basis(
                    tree: alternate, path: path, status: match.status, type: .alternate(match.number),
                    compared: match.status))
        }
    }

    /// Symlinks, devices and specials: only a perfect match is linked; any match shapes the report (MET-90).
    func linkAlternateSpecial(
        _ entry: FileEntry, _ index: Int32, _ path: RelativePath
    ) throws(SessionError) -> (linked: Bool, compared: Compared?, isEqual: Bool) {
        guard let match = try findAlternate(entry, path) else { return (false, nil, false) }
        let alternate = destination.alternates[match.number]
        let compared = (match.status, alternate)
        guard match.level == 3, options.alternateKind != .copy else { return (false, compared, match.level == 3) }
        if options.alternateKind == .compare {
            try report(entry, index, plan.flags(entry, against: match.status, [], isAlternateMatch: true))
            try sayUnchanged(entry, AttributeChange())
            return (true, compared, true)
        }
        guard try linkAlternate(entry, path, nil, alternate) else { return (false, compared, false) }
        try report(
            entry, index, plan.flags(entry, against: match.status, [.localChange, .xnameFollows], isSameLink: true))
        try sayUnchanged(entry, AttributeChange())
        return (true, compared, true)
    }

    /// A directory of the alternates, for the report of a new one (MET-90).
    func alternateDirectory(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> Compared? {
        guard let match = try findAlternate(entry, path) else { return nil }
        if match.level == 3 { try sayUnchanged(entry, AttributeChange()) }
        return (match.status, destination.alternates[match.number])
    }

    /// How a new hard link is to be reported where an alternate directory holds an equal item, or for a link to it the very same
    /// (MET-58); nil: as any other.
    func alternateLinkFlags(
        _ entry: FileEntry, _ path: RelativePath, _ base: ItemFlags
    ) throws(SessionError) -> (flags: ItemFlags, item: FileStatus)? {
        guard !destination.alternates.isEmpty, let match = try findAlternate(entry, path),
            match.level >= (options.alternateKind == .link ? 3 : 2)
        else { return nil }
        return (plan.flags(entry, against: match.status, base, isSameLink: options.alternateKind == .link), match.status)
    }

    /// False when the file system refuses the link; then the item is copied or made anew.
    private func linkAlternate(
        _ entry: FileEntry, _ path: RelativePath, _ existing: FileStatus?, _ alternate: any DestinationTree
    ) throws(SessionError) -> Bool {
        guard !options.dryRun else { return true }
        do throws(FileError) {
            if existing == nil {
                try tree.makeLink(path, to: path, in: alternate)
            } else {
                let temporary = try tree.temporaryName(for: path)
                try tree.makeLink(temporary, to: path, in: alternate)
                try replace(path, by: temporary)
            }
            return true
        } catch {
            return false
        }
    }

    /// Renames a finished item over what is there; a failed rename leaves no temporary name behind.
    func replace(_ path: RelativePath, by temporary: RelativePath) throws(FileError) {
        do throws(FileError) {
            try tree.rename(temporary, to: path)
        } catch {
            try? tree.removeFile(temporary)
            throw error
        }
    }

    /// The content of the alternate's file in a file of its own, with the entry's attributes (level 2).
    private func copyAlternate(
        _ entry: FileEntry, _ path: RelativePath, _ alternate: any DestinationTree
    ) throws(SessionError) -> Bool {
        guard !options.dryRun else { return true }
        var failures: [AttributeFailure] = []
        do throws(FileError) {
            let source = try alternate.open(path)
            defer { source.close() }
            let copy = try temporaryCopy(for: path)
            do throws(FileError) {
                try transcribe(source, to: copy)
                var change = plan.change(entry, from: try copy.status(), exactTime: true)
                change.permissions = plan.permissions(entry, existing: nil)
                if let attributes = plan.attributes {
                    change.extended = attributes.change(entry.attributeSet, from: []).change
                }
                try plan.addAccessLists(&change, entry, from: try copy.status()) { lists throws(FileError) in
                    try copy.extendedAttributes { lists.isKept($0) }
                }
                failures = try copy.apply(change)
                try copy.publish(as: path, in: tree)
            } catch {
                copy.discard()
                throw error
            }
        } catch {
            return false
        }
        try tell(failures, entry.name)
        return true
    }

    /// Below `--temp-dir` where that is on the same file system (MET-76, MET-77); what is written in place makes no use of it.
    private func temporaryCopy(for path: RelativePath) throws(FileError) -> any WritableFile {
        guard !options.inPlace, let directory = destination.temporary, try directory.status(.root).device == tree.status(.root).device
        else { return try tree.createTemporary(for: path) }
        return try directory.createTemporary(named: path.lastComponent)
    }

}
