import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncWire

/// Directories beside the destination, as the command line has them.
public struct SideDirectories: Sendable {
    var temporary: [UInt8]?
    var backup: [UInt8]?

    public init() {}

    init(_ arguments: ParsedArguments) {
        temporary = arguments.temporaryDirectory
        backup = arguments.backupDirectory
    }
}

/// The destination argument of a receiving side (ARG-71, ARG-53).
public final class LocalDestination: DestinationOpener {
    private let directory: [UInt8]
    private let argument: [UInt8]?
    let linkDestinations: [[UInt8]]
    let sides: SideDirectories
    let options: TransferOptions
    let places: Places
    /// The same for the directories beside the destination.
    let sidePlaces: Places

    /// `argument` nil: a listing, which needs no place. `directory`: where relative paths start.
    public init(
        directory: [UInt8] = [], argument: [UInt8]?, linkDestinations: [[UInt8]], options: TransferOptions,
        sides: SideDirectories = SideDirectories(), places: Places, sidePlaces: Places? = nil
    ) {
        self.sides = sides
        self.directory = directory
        self.argument = argument
        self.linkDestinations = linkDestinations
        self.options = options
        self.places = places
        self.sidePlaces = sidePlaces ?? places
    }

    public var words: [UInt8] { argument ?? [] }

    public func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination {
        guard let argument, !options.listOnly else { return try absent() }
        if !directory.isEmpty, case .failure(let error) = opened(directory) {
            throw SessionError(
                exitCode: 3, "rsync: [Receiver] change_dir \(quote(full(directory))) failed: \(SystemWords.text(error.errno))")
        }
        let path = absolute(argument)
        let slash = UInt8(ascii: "/")
        let endsInSlash = path.last == slash
        var isOther = false
        switch opened(path) {
        case .success(let tree): return try destination(tree, base: path)
        case .failure(let error):
            if error.errno == FileError.tooManyLinks { throw cannotEnter(path, endsInSlash || entryCount > 1 ? 1 : 3, error) }
            guard error.isNotFound else { throw cannotStat(path, error.errno) }
            isOther = error.errno == FileError.notADirectory && !endsInSlash && isThere(path)
            // What is no directory stands in the way; --mkpath finds that out by itself.
            if error.errno == FileError.notADirectory, !isOther, !options.makesParents { throw cannotStat(path, error.errno) }
        }
        // Something else is there, or nothing; a symlink to nothing counts as that, and stands in the way of a directory alone.
        if isOther {
            if entryCount > 1 {
                throw SessionError(exitCode: 3, "ERROR: destination must be a directory when copying more than 1 file")
            }
            if first?.mode.isDirectory == true {
                throw SessionError(exitCode: 3, "ERROR: cannot overwrite non-directory with a directory")
            }
        } else {
            let isDirectory = entryCount > 1 || endsInSlash
            let notices = try options.makesParents ? makeParents(path, entryCount: entryCount, isDirectory: isDirectory) : []
            if isDirectory { return try create(path, first: first, notices) }
            if options.dryRun, options.makesParents, case .failure = opened(Self.split(path).parent) {
                return try absent(notices, path: path)
            }
            return try single(path, notices)
        }
        return try single(path)
    }

    var fakeSuper: Bool { options.rootMode == .fake }

    private var showsCreation: Bool { options.messages.names > 0 || options.itemizeLevel > 0 }

    /// `--mkpath`: the directories that are missing on the way, and `path` itself where that is to be one.
    private func makeParents(
        _ path: [UInt8], entryCount: Int, isDirectory: Bool
    ) throws(SessionError) -> [Destination.Notice] {
        let target = isDirectory ? Self.trimmed(path) : Self.split(path).parent
        func failed(_ number: Int32) -> SessionError {
            SessionError(
                exitCode: 11, "rsync: [Receiver] mkdir \(quote(full(path))) failed: \(SystemWords.text(number))")
        }
        var (above, missing): ([UInt8], [[UInt8]]) = (target, [])
        var present: ConfinedTree?
        while present == nil {
            switch opened(above) {
            case .success(let tree): present = tree
            case .failure(let error):
                guard error.errno == FileError.notFound else {
                    throw failed(error.errno == FileError.notADirectory && isSomething(target) ? FileError.exists : error.errno)
                }
                let (parent, name) = Self.split(above)
                // As stock does: what is behind such a name is known only once the directory before it is made.
                guard parent != above, !name.elementsEqual("..".utf8) else { throw failed(SystemWords.invalid) }
                if !name.elementsEqual(".".utf8) { missing.append(name) }
                above = parent
            }
        }
        guard var tree = present, !missing.isEmpty else { return [] }
        for name in missing.reversed() where !options.dryRun {
            do throws(FileError) {
                guard let below = try? RelativePath(cleaning: name) else {
                    throw FileError(errno: SystemWords.invalid, operation: "mkdir", path: .root)
                }
                try tree.makeDirectory(below, permissions: 0o777 & ~SystemWords.currentUmask())
                tree = try tree.subtree(below)
            } catch {
                throw failed(error.errno)
            }
        }
        guard showsCreation else { return [] }
        let shown = entryCount == 0 ? Self.trimmed(path) : target
        let count = missing.count
        return [Destination.Notice(.info, "created \(count) director\(count == 1 ? "y" : "ies") for \(shown)")]
    }

    private func create(
        _ path: [UInt8], first: FileEntry?, _ before: [Destination.Notice] = []
    ) throws(SessionError) -> Destination {
        if options.makesParents, !options.dryRun, case .success(let tree) = opened(path) {
            return try destination(tree, base: path, notices: before)
        }
        let notices =
            before + (showsCreation ? [Destination.Notice(.info, "created directory \(Self.trimmed(path))")] : [])
        if options.dryRun { return try absent(notices, path: path) }
        let (parent, name) = Self.split(path)
        let made: ConfinedTree
        do throws(FileError) {
            let tree = try places.tree(
                parent, fakeSuper: fakeSuper, keepsAccessTimes: options.keepsAccessTimes,
                opensDevices: options.writesDevices)
            guard let below = try? RelativePath(cleaning: name) else {
                throw FileError(errno: SystemWords.invalid, operation: "mkdir", path: .root)
            }
            try tree.makeDirectory(below, permissions: 0o777 & ~SystemWords.currentUmask())
            made = try tree.subtree(below)
        } catch {
            throw SessionError(
                exitCode: 11, "rsync: [Receiver] mkdir \(quote(full(Self.trimmed(path)))) failed: \(SystemWords.text(error.errno))")
        }
        // Below 29 a name may stand before `.`, and then a stock receiver takes the directory for one that was there.
        return try destination(made, base: path, wasCreated: first.map { $0.name == [0x2e] } ?? true, notices: notices)
    }

    /// The one entry is stored under the argument's name.
    private func single(_ path: [UInt8], _ notices: [Destination.Notice] = []) throws(SessionError) -> Destination {
        let (parent, name) = Self.split(path)
        switch opened(parent) {
        case .success(let tree): return try destination(tree, base: parent, singleName: name, notices: notices)
        case .failure(let error):
            throw cannotEnter(parent, 3, error)
        }
    }

    /// `step`: which of the ways to a destination was gone, as stock numbers them.
    private func cannotEnter(_ path: [UInt8], _ step: Int, _ error: FileError) -> SessionError {
        SessionError(
            exitCode: 3,
            "rsync: [Receiver] change_dir#\(step) \(quote(full(path))) failed: \(SystemWords.text(error.errno))")
    }

    /// As messages show it.
    func full(_ path: [UInt8]) -> [UInt8] {
        guard case .machine = places else { return places.absolutePath(path) }
        if path.first == UInt8(ascii: "/") { return path }
        return SystemWords.workingDirectory() + [UInt8(ascii: "/")] + path
    }

    /// `-K`, and what stands for implied directories that are left alone (MET-42). Whoever serves a stranger follows
    /// only what is permitted by option (HOS-364).
    private var followsLinks: Bool {
        if options.keepDirectoryLinks { return true }
        guard case .machine = places else { return false }
        return options.relative && !options.impliedDirectories
    }

    func opened(_ path: [UInt8], in places: Places? = nil) -> Result<ConfinedTree, FileError> {
        do throws(FileError) {
            return .success(
                try (places ?? self.places).tree(
                    path, fakeSuper: fakeSuper, keepsAccessTimes: options.keepsAccessTimes,
                    links: followsLinks ? .inside : .none, opensDevices: options.writesDevices))
        } catch {
            return .failure(error)
        }
    }

    private func destination(
        _ tree: ConfinedTree, base: [UInt8], singleName: [UInt8]? = nil, wasCreated: Bool = false,
        notices: [Destination.Notice] = []
    ) throws(SessionError) -> Destination {
        var notices = notices
        let alternates = openAlternates(base: base, &notices)
        let backup: Destination.Annex?
        if let words = sides.backup { backup = try self.backup(words, base: base) } else { backup = nil }
        if options.messages.backups > 0, let backup {
            notices.append(
                Destination.Notice(.info, "\(backup.directory.isRoot ? "" : "(new) ")backup_dir is \(backup.words)"))
        }
        var result = Destination(
            tree: tree, singleName: singleName, alternates: alternates, wasCreated: wasCreated,
            notices: notices, place: places.absolutePath(base), transferRoot: places.absolutePath(base))
        if let words = sides.temporary {
            result.temporary = try temporary(words, base: base)
            result.temporaryWords = words
        }
        if let words = options.partialDirectory, words.first == UInt8(ascii: "/") { result.partial = try partial(words) }
        result.backup = backup
        return result
    }

    /// Nothing is there, and nothing will be made: listings and dry runs. Any directory serves to hold the type.
    /// `path`: what would have been made; the alternate directories count all the same.
    private func absent(
        _ notices: [Destination.Notice] = [], path: [UInt8]? = nil
    ) throws(SessionError) -> Destination {
        do throws(FileError) {
            let tree = try places.tree([UInt8(ascii: "/")])
            guard let path else { return Destination(tree: tree, isAbsent: true, notices: notices) }
            var notices = notices
            let alternates = openAlternates(base: path, &notices)
            return Destination(tree: tree, alternates: alternates, isAbsent: true, notices: notices)
        } catch {
            throw cannotStat([UInt8(ascii: "/")], error.errno)
        }
    }

    private func cannotStat(_ path: [UInt8], _ number: Int32) -> SessionError {
        SessionError(
            exitCode: 3, "rsync: [Receiver] ERROR: cannot stat destination \(quote(full(path))): \(SystemWords.text(number))")
    }

    /// Whatever it is, symlinks followed.
    func isThere(_ path: [UInt8], in places: Places? = nil) -> Bool {
        guard case .machine(let rules) = places ?? self.places else { return isSomething(path, in: places) }
        return rules.isThere(Self.trimmed(path))
    }

    private func isSomething(_ path: [UInt8], in places: Places? = nil) -> Bool {
        let (parent, name) = Self.split(path)
        guard let tree = try? (places ?? self.places).tree(parent), let below = try? RelativePath(cleaning: name) else {
            return false
        }
        return (try? tree.status(below)) != nil
    }

    private func absolute(_ path: [UInt8]) -> [UInt8] {
        guard !directory.isEmpty, path.first != UInt8(ascii: "/") else { return path.isEmpty ? Array(".".utf8) : path }
        return directory + [UInt8(ascii: "/")] + path
    }

    static func trimmed(_ path: [UInt8]) -> [UInt8] {
        var path = path
        while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }

    static func split(_ path: [UInt8]) -> (parent: [UInt8], name: [UInt8]) {
        let path = trimmed(path)
        guard let cut = path.lastIndex(of: UInt8(ascii: "/")) else { return (Array(".".utf8), path) }
        return (cut == 0 ? [UInt8(ascii: "/")] : [UInt8](path[..<cut]), [UInt8](path[(cut + 1)...]))
    }

    private func quote(_ path: [UInt8]) -> MessageText { "\"\(path)\"" }
}
