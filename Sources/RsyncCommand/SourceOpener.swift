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
    let places: Places
    /// The same for the names of a list (`--files-from`), which others may have had a hand in.
    private let listed: Places
    private var isListed = false
    private let links: LinkFollowing
    /// `--copy-devices`.
    private let opensDevices: Bool
    /// `--ignore-missing-args`: what is not there is passed over in silence (FLS-13).
    private let ignoresMissing: Bool
    /// `--delete-missing-args`: what is not there is an argument all the same (FLS-15).
    let deletesMissing: Bool
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
        for word in words {
            let (_, name, components) = Self.relativeName(word)
            guard components.contains(where: { $0.elementsEqual("..".utf8) }) else { continue }
            throw SessionError(exitCode: 1, "found \"..\" dir in relative path: \(name)")
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
    struct Trouble: Error {
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
    func cleaned(_ word: [UInt8]) -> [UInt8] { places.absolutePath(absolute(word)) }

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
    func enter(_ path: [UInt8]) throws(Trouble) -> ConfinedTree {
        do throws(FileError) {
            let tree = try tree(path)
            _ = try tree.status(.root)
            return tree
        } catch {
            throw Trouble(.directory, asWritten(absolute(path)), error)
        }
    }

    /// Whether there is anything; thrown unless nothing is an answer.
    func isThere(_ path: RelativePath, in tree: ConfinedTree) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try tree.status(path)
            return true
        } catch {
            guard deletesMissing, error.errno == FileError.notFound else { throw error }
            return false
        }
    }

    static let invalid = FileError(errno: SystemWords.invalid, operation: "link_stat", path: .root)

    /// Empty, `.`, `…/.`, `…/`, or a last component of `..`.
    private static func namesContents(_ word: [UInt8]) -> Bool {
        guard let last = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last else {
            return true
        }
        return last.isEmpty || last.elementsEqual(".".utf8) || last.elementsEqual("..".utf8)
    }

    // MARK: Opening

    private func tree(_ path: [UInt8]) throws(FileError) -> ConfinedTree {
        if let latest, latest.path == path { return latest.tree }
        let tree = try opened(absolute(path))
        latest = (path, tree)
        return tree
    }

    func opened(_ path: [UInt8]) throws(FileError) -> ConfinedTree {
        let isBelow = path.starts(with: directory)
        return try (isListed ? listed : places).tree(
            path, fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes, links: links, opensDevices: opensDevices,
            trustedPrefix: isBelow ? directory.count : 0)
    }

    /// A directory as %f shows it; nothing for the working directory.
    func label(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var label = absolute(path)
        if label.suffix(2).elementsEqual("/.".utf8) { label.removeLast(2) }
        while label.last == slash { label.removeLast() }
        return label.elementsEqual(".".utf8) ? [] : label
    }

    func absolute(_ path: [UInt8]) -> [UInt8] {
        guard !directory.isEmpty, path.first != UInt8(ascii: "/") else { return path }
        return directory + (directory.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + path
    }

    func root(_ path: [UInt8]) -> [UInt8] { places.absolutePath(absolute(path)) }
}
