import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// Turns source arguments into opened trees (FLS-8 to FLS-13). The arguments are as trusted as `places` says:
/// those for the machine come from its user or, on a server, from whoever may run programs here. What is found below them is not.
public final class SourceOpener {
    /// Where relative arguments start.
    public let directory: [UInt8]
    public let relative: Bool
    public let fakeSuper: Bool
    public let keepsAccessTimes: Bool
    /// Told of arguments that name nothing (FLS-13): exit 23, the others go on.
    public let report: (MessageText) -> Void
    private let places: Places
    /// The same for the names of a list (`--files-from`), which others may have had a hand in.
    private let listed: Places
    private var isListed = false
    private let links: LinkFollowing
    /// `--copy-devices`.
    private let opensDevices: Bool
    /// `--ignore-missing-args`: what is not there is passed over in silence (FLS-13).
    private let ignoresMissing: Bool
    /// `--delete-missing-args`: what is not there is an argument all the same (FLS-15).
    private let deletesMissing: Bool
    /// The tree opened last: many arguments start in one directory, and each tree holds a descriptor.
    private var latest: (path: [UInt8], tree: ConfinedTree)?

    public init(
        directory: [UInt8] = [], relative: Bool, fakeSuper: Bool, keepsAccessTimes: Bool = false,
        places: Places = .trusted, listed: Places = .trusted, ignoresMissing: Bool = false, deletesMissing: Bool = false,
        links: LinkFollowing = .none, opensDevices: Bool = false,
        report: @escaping (MessageText) -> Void
    ) {
        self.places = places
        self.listed = listed
        self.links = links
        self.opensDevices = opensDevices
        self.ignoresMissing = ignoresMissing
        self.deletesMissing = deletesMissing
        self.directory = directory
        self.relative = relative
        self.fakeSuper = fakeSuper
        self.keepsAccessTimes = keepsAccessTimes
        self.report = report
    }

    /// The names of `--files-from`: none of them leads out of the directory they start in (HOS-89).
    public func open(names: [[UInt8]]) -> OpenedSources {
        isListed = true
        return open(names.map { NameList.confined($0, relative: relative) })
    }

    /// The directory that everything starts in must be there.
    public func checkDirectory() throws(SessionError) {
        guard !directory.isEmpty else { return }
        do throws(FileError) {
            // Whether it may be entered, too.
            _ = try opened(directory).status(.root)
        } catch {
            throw SessionError(exitCode: 3, Trouble(.directory, asWritten(directory), error).text)
        }
    }

    /// With `-R` an argument whose name has a `..` in it ends the run (FLS-10).
    public func check(_ words: [[UInt8]]) throws(SessionError) {
        guard relative else { return }
        for word in words where Self.relativeName(word).components.contains(where: { $0.elementsEqual("..".utf8) }) {
            throw SessionError(exitCode: 1, "found \"..\" dir in relative path: \(word)")
        }
    }

    public func open(_ words: [[UInt8]]) -> OpenedSources {
        var opened = OpenedSources()
        for word in words {
            do throws(Trouble) {
                opened.arguments.append(try relative ? openRelative(word) : openPlain(word))
            } catch {
                // A directory that cannot be gone to is an error in any case.
                if ignoresMissing, error.kind == .item, error.errno == FileError.notFound { continue }
                if opened.trouble != .unreachable { opened.trouble = error.kind == .directory ? .unreachable : .missing }
                report(error.text)
            }
        }
        return opened
    }

    /// Why an argument names nothing that can be sent.
    private struct Trouble: Error {
        enum Kind {
            /// The directory to look in, or whose contents are meant, cannot be gone to.
            case directory
            /// The item is not in it.
            case item
        }

        let kind: Kind
        let name: [UInt8]
        let errno: Int32

        init(_ kind: Kind, _ name: [UInt8], _ error: FileError) {
            self.kind = kind
            self.name = name
            errno = error.errno
        }

        var text: MessageText {
            "rsync: [sender] \(kind == .directory ? "change_dir" : "link_stat") \"\(name)\" failed: \(SystemWords.text(errno))"
        }
    }

    /// As messages show a directory that cannot be gone to: absolute, otherwise as it was written, but for what only says that it is one.
    private func asWritten(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var path = path
        while path.count > 1, path.last == slash || path.suffix(2).elementsEqual("/.".utf8) { path.removeLast() }
        if path.first == slash { return path }
        let place = places.absolutePath([])
        return place + (place.last == slash ? [] : [slash]) + path
    }

    /// As messages show an item that is not where it should be: the way there is known to be right.
    private func cleaned(_ word: [UInt8]) -> [UInt8] { places.absolutePath(absolute(word)) }

    // MARK: Without -R (FLS-9)

    private func openPlain(_ word: [UInt8]) throws(Trouble) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        if Self.namesContents(word) {
            let path = word.isEmpty ? [UInt8(ascii: ".")] : word
            return SourceArgument(
                tree: try enter(path), wireName: [UInt8(ascii: ".")], start: .root, namesContents: true,
                directory: label(path), transferRoot: root(path))
        }
        let cut = word.lastIndex(of: slash)
        let name = cut.map { [UInt8](word[($0 + 1)...]) } ?? word
        let parent = cut.map { $0 == 0 ? [slash] : [UInt8](word[..<$0]) } ?? [UInt8(ascii: ".")]
        let tree = try enter(parent)
        guard let path = try? RelativePath.root.appending(name) else { throw Trouble(.item, cleaned(word), Self.invalid) }
        var argument = SourceArgument(tree: tree, wireName: name, start: path, namesContents: false,
            directory: cut == nil ? [] : label(parent), transferRoot: root(parent))
        do throws(FileError) {
            argument.isMissing = try !isThere(path, in: tree)
        } catch {
            throw Trouble(.item, cleaned(word), error)
        }
        return argument
    }

    /// The directory, if it may be entered.
    private func enter(_ path: [UInt8]) throws(Trouble) -> ConfinedTree {
        do throws(FileError) {
            let tree = try tree(path)
            _ = try tree.status(.root)
            return tree
        } catch {
            throw Trouble(.directory, asWritten(absolute(path)), error)
        }
    }

    /// Whether there is anything; thrown unless nothing is an answer.
    private func isThere(_ path: RelativePath, in tree: ConfinedTree) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try tree.status(path)
            return true
        } catch {
            guard deletesMissing, error.errno == FileError.notFound else { throw error }
            return false
        }
    }

    private static let invalid = FileError(errno: SystemWords.invalid, operation: "link_stat", path: .root)

    /// Empty, `.`, `…/.`, `…/`, or a last component of `..`.
    private static func namesContents(_ word: [UInt8]) -> Bool {
        guard let last = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last else {
            return true
        }
        return last.isEmpty || last.elementsEqual(".".utf8) || last.elementsEqual("..".utf8)
    }

    // MARK: With -R (FLS-10, FLS-23)

    /// Where the name of an argument starts, and the name.
    private static func relativeName(_ word: [UInt8]) -> (working: [UInt8], name: [UInt8], components: [ArraySlice<UInt8>]) {
        let slash = UInt8(ascii: "/")
        var working: [UInt8] = []
        var name = word
        if let cut = firstDotComponent(word) {
            working = cut == 0 ? [slash] : [UInt8](word[..<cut])
            name = [UInt8](word[(cut + 3)...].drop { $0 == slash })
        }
        return (working, name, name.split(separator: slash).filter { !$0.elementsEqual(".".utf8) })
    }

    private func openRelative(_ word: [UInt8]) throws(Trouble) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        let (working, name, components) = Self.relativeName(word)
        let endsInSlash = name.isEmpty || name.last == slash || name.suffix(2).elementsEqual("/.".utf8)
        let isAbsolute = name.first == slash
        guard !components.contains(where: { $0.elementsEqual("..".utf8) }) else { throw Trouble(.item, cleaned(word), Self.invalid) }
        let base = isAbsolute ? [slash] : working.isEmpty ? [UInt8(ascii: ".")] : working
        let transferRoot = root(working.isEmpty ? [UInt8(ascii: ".")] : working)
        let baseTree = try enter(base)
        guard !components.isEmpty else {
            return SourceArgument(
                tree: baseTree, wireName: Array((isAbsolute ? "/." : ".").utf8), start: .root, namesContents: true,
                directory: label(working), transferRoot: transferRoot)
        }
        do throws(FileError) {
            if deletesMissing, let gone = missingDirectory(above: components, base: base) {
                var argument = SourceArgument(tree: baseTree, wireName: name, start: .root, namesContents: false)
                argument.vanishedDirectory = cleaned(base + [slash] + gone)
                return argument
            }
            return try openRelative(name, components, base: base, working: working, baseTree, transferRoot, endsInSlash: endsInSlash)
        } catch {
            throw Trouble(.item, cleaned(word), error)
        }
    }

    /// The outermost directory of a name that is not there.
    private func missingDirectory(above components: [ArraySlice<UInt8>], base: [UInt8]) -> [UInt8]? {
        for count in 1..<max(1, components.count) {
            let name = [UInt8](components[..<count].joined(separator: [UInt8(ascii: "/")]))
            guard let path = try? RelativePath(cleaning: name) else { return nil }
            do throws(FileError) {
                _ = try followed(base, path)
            } catch {
                return error.errno == FileError.notFound ? name : nil
            }
        }
        return nil
    }

    /// What is below where the name starts.
    private func openRelative(
        _ name: [UInt8], _ components: [ArraySlice<UInt8>], base: [UInt8], working: [UInt8], _ baseTree: ConfinedTree,
        _ transferRoot: [UInt8], endsInSlash: Bool
    ) throws(FileError) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        let isAbsolute = name.first == slash
        var implied: [(name: [UInt8], status: FileStatus)] = []
        if name.starts(with: "./".utf8) {
            // FLS-10, item 5: the directory that the rest is relative to goes along.
            implied.append((Array(".".utf8), try baseTree.status(.root)))
        }
        let place = Array(components.joined(separator: [slash]))
        let wire = isAbsolute ? [slash] + place : place
        guard let start = try? RelativePath(cleaning: place) else { throw Self.invalid }
        let (found, path, above, isDirectory) = try locate(start, in: baseTree, base: base, endsInSlash: endsInSlash)
        var end = isAbsolute ? 1 : 0
        for (component, status) in zip(components.dropLast(), above) {
            end += component.count
            implied.append(([UInt8](wire[..<end]), status))
            end += 1
        }
        var argument = SourceArgument(
            tree: found, wireName: wire, start: path, namesContents: endsInSlash && isDirectory, implied: implied,
            directory: label(working), transferRoot: transferRoot)
        argument.isMissing = deletesMissing && !path.isRoot ? try !isThere(path, in: found) : false
        argument.openImplied = { [places, fakeSuper, keepsAccessTimes, place = absolute(base)] name in
            try? places.tree(
                place + (place.last == slash ? [] : [slash]) + name.drop { $0 == slash }, fakeSuper: fakeSuper,
                keepsAccessTimes: keepsAccessTimes)
        }
        return argument
    }

    /// The item, with the directories above it. Without symlinks on the way it stays an item of `base`; a symlink is
    /// followed because the operator wrote it (FLS-25).
    private func locate(
        _ path: RelativePath, in tree: ConfinedTree, base: [UInt8], endsInSlash: Bool
    ) throws(FileError) -> (ConfinedTree, RelativePath, [FileStatus], isDirectory: Bool) {
        var above: [FileStatus] = []
        var isPlain = true
        var parent = path.parent
        var directories: [RelativePath] = []
        while let directory = parent, !directory.isRoot {
            directories.append(directory)
            parent = directory.parent
        }
        for directory in directories.reversed() {
            var status = isPlain ? try tree.status(directory) : nil
            if status?.mode.isDirectory != true {
                isPlain = false
                status = try followed(base, directory).status(.root)
            }
            if let status { above.append(status) }
        }
        if isPlain {
            if try !isThere(path, in: tree) { return (tree, path, above, false) }
            let isDirectory = try tree.status(path).mode.isDirectory
            if !endsInSlash || isDirectory { return (tree, path, above, isDirectory) }
        }
        if endsInSlash {
            do throws(FileError) {
                return (try followed(base, path), .root, above, true)
            } catch {
                // Behind anything but a directory a slash says nothing. What cannot be entered may be one, and then nothing is to be
                // deleted for the want of it.
                guard error.isNotFound else { throw error }
            }
        }
        let holder = try followed(base, path.parent ?? .root)
        guard let name = try? RelativePath.root.appending([UInt8](path.lastComponent)) else { throw Self.invalid }
        _ = try isThere(name, in: holder)
        return (holder, name, above, false)
    }

    private func followed(_ base: [UInt8], _ path: RelativePath) throws(FileError) -> ConfinedTree {
        try opened(absolute(base + (base.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + path.bytes))
    }

    /// Offset of the first `/./`.
    private static func firstDotComponent(_ word: [UInt8]) -> Int? {
        guard word.count >= 3 else { return nil }
        return (0...(word.count - 3)).first { word[$0..<($0 + 3)].elementsEqual("/./".utf8) }
    }

    // MARK: Opening

    private func tree(_ path: [UInt8]) throws(FileError) -> ConfinedTree {
        if let latest, latest.path == path { return latest.tree }
        let tree = try opened(absolute(path))
        latest = (path, tree)
        return tree
    }

    private func opened(_ path: [UInt8]) throws(FileError) -> ConfinedTree {
        let isBelow = path.starts(with: directory)
        return try (isListed ? listed : places).tree(
            path, fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes, links: links, opensDevices: opensDevices,
            trustedPrefix: isBelow ? directory.count : 0)
    }

    /// A directory as %f shows it; nothing for the working directory.
    private func label(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var label = absolute(path)
        if label.suffix(2).elementsEqual("/.".utf8) { label.removeLast(2) }
        while label.last == slash { label.removeLast() }
        return label.elementsEqual(".".utf8) ? [] : label
    }

    private func absolute(_ path: [UInt8]) -> [UInt8] {
        guard !directory.isEmpty, path.first != UInt8(ascii: "/") else { return path }
        return directory + [UInt8(ascii: "/")] + path
    }

    private func root(_ path: [UInt8]) -> [UInt8] { places.absolutePath(absolute(path)) }
}
