import RsyncProtocol
import RsyncWire

// `--fuzzy` (MET-92 to MET-95).

/// The files of one directory that may serve as basis for others.
struct FuzzyListing {
    struct Candidate {
        let tree: any DestinationTree
        let path: RelativePath
        let name: [UInt8]
        let status: FileStatus
        let type: BasisType
        /// It is itself being replaced.
        var isTaken = false
    }

    let directory: RelativePath
    var candidates: [Candidate]
}

extension Generator {
    /// A similar file of the same directory.
    func findFuzzy(_ entry: FileEntry, _ path: RelativePath) throws(SessionError) -> Basis? {
        guard !destination.isAbsent else { return nil }
        let directory = path.parent ?? .root
        if fuzzyListing?.directory != directory { fuzzyListing = try listFuzzy(directory) }
        guard let candidates = fuzzyListing?.candidates, let found = try best(of: candidates, entry, path.lastComponent)
        else { return nil }
        try say(.info, "fuzzy basis selected for \(entry.name): \(found.path.bytes)", when: debug.fuzzy > 0)
        return Basis(
            tree: found.tree, path: found.path, status: found.status, type: found.type, xname: found.name, compared: nil)
    }

    /// The file will not be what it was.
    func noteReplaced(_ path: RelativePath) {
        guard fuzzyListing?.directory == path.parent ?? .root else { return }
        let name = path.lastComponent
        for index in fuzzyListing?.candidates.indices ?? 0..<0
        where fuzzyListing?.candidates[index].name == name && fuzzyListing?.candidates[index].type == .fuzzy {
            fuzzyListing?.candidates[index].isTaken = true
        }
    }

    private func listFuzzy(_ directory: RelativePath) throws(SessionError) -> FuzzyListing {
        var listing = FuzzyListing(directory: directory, candidates: [])
        try list(directory, of: tree, .fuzzy, into: &listing)
        if options.fuzzy > 1 {
            for (number, alternate) in destination.alternates.enumerated() {
                try list(directory, of: alternate, .fuzzy(alternate: number), into: &listing)
            }
        }
        return listing
    }

    private func list(
        _ directory: RelativePath, of tree: any DestinationTree, _ type: BasisType, into listing: inout FuzzyListing
    ) throws(SessionError) {
        guard let names = try? tree.names(in: directory) else { return }
        var told: [(name: [UInt8], status: FileStatus)] = []
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            try alive.tick()
            if debug.lists > 1 {
                let shown = SourceArgument.childName(of: directory.isRoot ? [0x2e] : directory.bytes, name)
                try tellFound(shown, kind: 1)
                if debug.lists > 2, let status = try? tree.status(directory.appending(name)) { told.append((shown, status)) }
            }
            guard let path = try? directory.appending(name), let status = try? tree.status(path), status.mode.isRegular,
                status.size > 0
            else { continue }
            listing.candidates.append(
                FuzzyListing.Candidate(tree: tree, path: path, name: name, status: status, type: type))
        }
        try tellFoundList(told)
    }

    private func best(
        of candidates: [FuzzyListing.Candidate], _ entry: FileEntry, _ target: [UInt8]
    ) throws(SessionError) -> FuzzyListing.Candidate? {
        if let same = candidates.first(where: {
            !$0.isTaken && $0.status.size == entry.length && plan.sameTime(entry, $0.status)
        }) {
            try say(.info, "fuzzy size/modtime match for \(same.path.bytes)", when: debug.fuzzy > 1)
            return same
        }
        var lowest = NameDistance.limit
        var best: FuzzyListing.Candidate?
        let targetSuffix = NameDistance.suffix(of: target)
        for candidate in candidates where !candidate.isTaken {
            let score = NameDistance.score(candidate.name, target, targetSuffix, upTo: lowest)
            if debug.fuzzy > 1 { try tellDistance(candidate.path, NameDistance.shown(candidate.name, target, targetSuffix, upTo: lowest)) }
            if score <= lowest {
                lowest = score
                best = candidate
            }
        }
        return best
    }
}
