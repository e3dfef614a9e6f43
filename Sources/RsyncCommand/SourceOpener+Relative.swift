import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire

// With -R (FLS-10, FLS-23).

extension SourceOpener {
    /// Where the name of an argument starts, and the name.
    static func relativeName(_ word: [UInt8]) -> (working: [UInt8], name: [UInt8], components: [ArraySlice<UInt8>]) {
        let slash = UInt8(ascii: "/")
        var working: [UInt8] = []
        var name = word
        if let cut = firstDotComponent(word) {
            working = cut == 0 ? [slash] : [UInt8](word[..<cut])
            name = [UInt8](word[(cut + 3)...].drop { $0 == slash })
        }
        return (working, name, name.split(separator: slash).filter { !$0.elementsEqual(".".utf8) })
    }

    func openRelative(_ word: [UInt8]) throws(Trouble) -> SourceArgument {
        let slash = UInt8(ascii: "/")
        let (working, name, components) = Self.relativeName(word)
        let endsInSlash = name.isEmpty || name.last == slash || name.suffix(2).elementsEqual("/.".utf8)
        let isAbsolute = name.first == slash
        guard !components.contains(where: { $0.elementsEqual("..".utf8) }) else { throw Trouble(.item, cleaned(word), Self.invalid) }
        let base = isAbsolute ? [slash] : working.isEmpty ? [UInt8(ascii: ".")] : working
        let transferRoot = root(base)
        let baseTree = try enter(base)
        guard !components.isEmpty else {
            return SourceArgument(
                tree: baseTree, wireName: Array((isAbsolute ? "/." : ".").utf8), start: .root, namesContents: true,
                directory: label(working), transferRoot: transferRoot)
        }
        do throws(FileError) {
            let (above, gone) = deletesMissing ? directories(above: components, base: base) : ([], [])
            if !gone.isEmpty {
                let root: [UInt8] = isAbsolute ? [slash] : []
                var argument = SourceArgument(
                    tree: baseTree, wireName: root + components.joined(separator: [slash]), start: .root, namesContents: false,
                    implied: above.map { (root + $0.name, $0.status) }, directory: label(working), transferRoot: transferRoot)
                argument.isMissing = true
                argument.openImplied = impliedOpener(base)
                argument.vanishedDirectories = gone.map { (root + $0, cleaned(base + [slash] + $0)) }
                return argument
            }
            return try openRelative(name, components, base: base, working: working, baseTree, transferRoot, endsInSlash: endsInSlash)
        } catch {
            throw Trouble(.item, cleaned(word), error)
        }
    }

    /// The directories of a name, outermost first: those that are there and those that are not. Nothing where that cannot be told.
    private func directories(
        above components: [ArraySlice<UInt8>], base: [UInt8]
    ) -> (there: [(name: [UInt8], status: FileStatus)], missing: [[UInt8]]) {
        var there: [(name: [UInt8], status: FileStatus)] = []
        var missing: [[UInt8]] = []
        for count in 1..<max(1, components.count) {
            let name = [UInt8](components[..<count].joined(separator: [UInt8(ascii: "/")]))
            guard let path = try? RelativePath(cleaning: name) else { return ([], []) }
            if missing.isEmpty {
                do throws(FileError) {
                    there.append((name, try followed(base, path).status(.root)))
                    continue
                } catch {
                    guard error.errno == FileError.notFound else { return ([], []) }
                }
            }
            missing.append(name)
        }
        return (there, missing)
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
        argument.openImplied = impliedOpener(base)
        return argument
    }

    private func impliedOpener(_ base: [UInt8]) -> @Sendable (_ name: [UInt8]) -> (any SourceTree)? {
        let slash = UInt8(ascii: "/")
        return { [places, fakeSuper, keepsAccessTimes, place = absolute(base)] name in
            try? places.tree(
                place + (place.last == slash ? [] : [slash]) + name.drop { $0 == slash }, fakeSuper: fakeSuper,
                keepsAccessTimes: keepsAccessTimes)
        }
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
}
