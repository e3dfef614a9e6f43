import RsyncProtocol
import RsyncWire

/// Files that stand beside those of the transfer: parts kept for later (MET-84) and backups (MET-96).
struct SideFiles: Sendable {
    struct Place {
        let tree: any DestinationTree
        let path: RelativePath
    }

    let options: TransferOptions
    let destination: Destination
    let umask: UInt32
    /// Otherwise copies have times of whole seconds.
    let hasNanoseconds: Bool
    /// Of backups and their directories.
    let failures = AttributeFailures()
    var tree: any DestinationTree { destination.tree }

    // MARK: Partial files

    /// Where the part of `target` is kept; nil without `--partial-dir`.
    func partial(of target: RelativePath) -> Place? {
        guard let words = options.partialDirectory else { return nil }
        if let annex = destination.partial {
            if case .byPath = annex.layout {
                return (try? annex.directory.appending(target)).map { Place(tree: annex.tree, path: $0) }
            }
            return below(annex.directory, target.lastComponent).map { Place(tree: annex.tree, path: $0) }
        }
        var directory = target.parent ?? .root
        var rest = words[...]
        while rest.starts(with: Array("..".utf8)), rest.count == 2 || rest[rest.startIndex + 2] == 0x2f {
            guard let above = directory.parent else { return nil }
            directory = above
            rest = rest.dropFirst(3)
        }
        if !rest.isEmpty {
            guard let name = try? RelativePath(cleaning: rest), let joined = try? directory.appending(name) else { return nil }
            directory = joined
        }
        return below(directory, target.lastComponent).map { Place(tree: tree, path: $0) }
    }

    /// The part that is there, if it is a file (MET-85).
    func presentPartial(of target: RelativePath) -> (place: Place, status: FileStatus)? {
        if case .byPath(hasParts: false) = destination.partial?.layout { return nil }
        guard let place = partial(of: target), let status = try? place.tree.status(place.path), status.mode.isRegular
        else { return nil }
        return (place, status)
    }

    func makePartialDirectory(for place: Place) throws(FileError) {
        try makeDirectories(above: place) { _ in 0o700 }
    }

    /// The part has served. A relative directory goes with the last of them.
    func removePartial(_ place: Place) {
        // What is gone, or not ours to remove, is as good as removed.
        try? place.tree.removeFile(place.path)
        removePartialDirectory(of: place)
    }

    func removePartialDirectory(of place: Place) {
        guard destination.partial == nil, let directory = place.path.parent else { return }
        try? place.tree.removeDirectory(directory)
    }

    // MARK: Directories

    private func below(_ directory: RelativePath, _ name: [UInt8]) -> RelativePath? { try? directory.appending(name) }

    /// Makes what is missing of the directories above a place.
    func makeDirectories(
        above place: Place, below top: RelativePath = .root, _ permissions: (RelativePath) -> UInt32,
        made: (RelativePath) throws(FileError) -> Void = { _ throws(FileError) in }
    ) throws(FileError) {
        var missing: [RelativePath] = []
        var current = place.path.parent
        while let directory = current, !directory.isRoot {
            if let status = try? place.tree.status(directory) {
                if status.mode.isDirectory { break }
                // What is no directory is in the way (MET-84, MET-97), but for a symlink to nothing that the operator named.
                guard top.isRoot || directory.bytes.count > top.bytes.count else {
                    throw FileError(errno: status.mode.isSymlink ? FileError.notFound : FileError.notADirectory, operation: "mkdir", path: directory)
                }
                try place.tree.removeFile(directory)
            }
            missing.append(directory)
            current = directory.parent
        }
        for directory in missing.reversed() {
            try place.tree.makeDirectory(directory, permissions: permissions(directory))
            try made(directory)
        }
    }
}

/// Copies all of a file.
func transcribe(_ source: any ReadableFile, to copy: any WritableFile) throws(FileError) {
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    var position: Int64 = 0
    while true {
        let count = try source.read(into: &buffer, at: 0, count: buffer.count, position: position)
        if count == 0 { return }
        try copy.write(buffer, 0..<count)
        position += Int64(count)
    }
}
