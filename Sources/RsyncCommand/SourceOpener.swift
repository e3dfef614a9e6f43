import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

/// Turns source arguments into opened trees (FLS-8 to FLS-13). The arguments are as trusted as `places` says:
/// those for the machine come from its user or, on a server, from whoever may run programs here. What is found below them is not.
public struct SourceOpener {
    /// Where relative arguments start.
    public let directory: [UInt8]
    public let relative: Bool
    public let fakeSuper: Bool
    public let keepsAccessTimes: Bool
    /// Told of arguments that name nothing (FLS-13): exit 23, the others go on.
    public let report: (MessageText) -> Void
    private let places: Places

    public init(
        directory: [UInt8] = [], relative: Bool, fakeSuper: Bool, keepsAccessTimes: Bool = false,
        places: Places = .machine, report: @escaping (MessageText) -> Void
    ) {
        self.places = places
        self.directory = directory
        self.relative = relative
        self.fakeSuper = fakeSuper
        self.keepsAccessTimes = keepsAccessTimes
        self.report = report
    }

    public func open(_ words: [[UInt8]]) -> (arguments: [SourceArgument], isMissingSome: Bool) {
        var opened: [SourceArgument] = []
        var isMissingSome = false
        for word in words {
            do throws(FileError) {
                opened.append(try relative ? openRelative(word) : openPlain(word))
            } catch {
                isMissingSome = true
                report(
                    "rsync: [sender] link_stat \"\(absolute(word))\" failed: \(SystemWords.text(error.errno))")
            }
        }
        return (opened, isMissingSome)
    }

    // MARK: Without -R (FLS-9)

    private func openPlain(_ word: [UInt8]) throws(FileError) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        if Self.namesContents(word) {
            let path = word.isEmpty ? [UInt8(ascii: ".")] : word
            return SourceArgument(
                tree: try tree(path), wireName: [UInt8(ascii: ".")], start: .root, namesContents: true)
        }
        let cut = word.lastIndex(of: slash)
        let name = cut.map { [UInt8](word[($0 + 1)...]) } ?? word
        let parent = cut.map { $0 == 0 ? [slash] : [UInt8](word[..<$0]) } ?? [UInt8(ascii: ".")]
        return try item(named: name, in: try tree(parent), wireName: name, implied: [])
    }

    /// Empty, `.`, `…/.`, `…/`, or a last component of `..`.
    private static func namesContents(_ word: [UInt8]) -> Bool {
        guard let last = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last else {
            return true
        }
        return last.isEmpty || last.elementsEqual(".".utf8) || last.elementsEqual("..".utf8)
    }

    // MARK: With -R (FLS-10, FLS-23)

    private func openRelative(_ word: [UInt8]) throws(FileError) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        var working: [UInt8] = []
        var name = word
        if let cut = Self.firstDotComponent(word) {
            working = cut == 0 ? [slash] : [UInt8](word[..<cut])
            name = [UInt8](word[(cut + 3)...].drop { $0 == slash })
        }
        let endsInSlash = name.isEmpty || name.last == slash || name.suffix(2).elementsEqual("/.".utf8)
        let isAbsolute = name.first == slash
        let components = name.split(separator: slash).filter { !$0.elementsEqual(".".utf8) }
        guard !components.contains(where: { $0.elementsEqual("..".utf8) }) else {
            throw FileError(errno: SystemWords.invalid, operation: "link_stat", path: .root)
        }
        guard let last = components.last else {
            return SourceArgument(
                tree: try tree(isAbsolute ? [slash] : working.isEmpty ? [UInt8(ascii: ".")] : working),
                wireName: Array((isAbsolute ? "/." : ".").utf8), start: .root, namesContents: true)
        }
        var implied: [(name: [UInt8], status: FileStatus)] = []
        var above: [[UInt8]: [UInt8]] = [:]
        if name.starts(with: "./".utf8) {
            // FLS-10, item 5: the directory that the rest is relative to goes along.
            let base = working.isEmpty ? Array(".".utf8) : working
            implied.append((Array(".".utf8), try tree(base).status(.root)))
            above[Array(".".utf8)] = absolute(base)
        }
        var wire: [UInt8] = []
        var place = working
        for component in components.dropLast() {
            wire += (wire.isEmpty && !isAbsolute ? [] : [slash]) + component
            place += (place.isEmpty && !isAbsolute || place.last == slash ? [] : [slash]) + component
            implied.append((wire, try tree(place).status(.root)))
            above[wire] = absolute(place)
        }
        wire += (wire.isEmpty && !isAbsolute ? [] : [slash]) + last
        let parent = place.isEmpty ? (isAbsolute ? [slash] : [UInt8(ascii: ".")]) : place
        if endsInSlash {
            let path = parent + (parent.last == slash ? [] : [slash]) + last
            var argument = SourceArgument(
                tree: try tree(path), wireName: wire, start: .root, namesContents: true, implied: implied)
            argument.openImplied = openImplied(above)
            return argument
        }
        var argument = try item(named: [UInt8](last), in: try tree(parent), wireName: wire, implied: implied)
        argument.openImplied = openImplied(above)
        return argument
    }

    private func openImplied(_ above: [[UInt8]: [UInt8]]) -> @Sendable ([UInt8]) -> (any SourceTree)? {
        { [places, fakeSuper, keepsAccessTimes] name in
            above[name].flatMap { try? places.tree($0, fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes) }
        }
    }

    /// Offset of the first `/./`.
    private static func firstDotComponent(_ word: [UInt8]) -> Int? {
        guard word.count >= 3 else { return nil }
        return (0...(word.count - 3)).first { word[$0..<($0 + 3)].elementsEqual("/./".utf8) }
    }

    // MARK: Opening

    /// A directory becomes a tree of its own; anything else stays an item of its parent's.
    private func item(
        named name: [UInt8], in parent: ConfinedTree, wireName: [UInt8], implied: [(name: [UInt8], status: FileStatus)]
    ) throws(FileError) -> SourceArgument {
        guard let path = try? RelativePath.root.appending(name) else {
            throw FileError(errno: SystemWords.invalid, operation: "link_stat", path: .root)
        }
        guard try parent.status(path).mode.isDirectory else {
            return SourceArgument(
                tree: parent, wireName: wireName, start: path, namesContents: false, implied: implied)
        }
        return SourceArgument(
            tree: try parent.subtree(path), wireName: wireName, start: .root, namesContents: false, implied: implied)
    }

    private func tree(_ path: [UInt8]) throws(FileError) -> ConfinedTree {
        try places.tree(absolute(path), fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes)
    }

    private func absolute(_ path: [UInt8]) -> [UInt8] {
        guard !directory.isEmpty, path.first != UInt8(ascii: "/") else { return path }
        return directory + [UInt8(ascii: "/")] + path
    }
}
