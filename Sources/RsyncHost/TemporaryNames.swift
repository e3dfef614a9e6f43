import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Names for what is not finished yet (MET-76, MET-63).
enum TemporaryNames {
    /// What is kept of a name so that a dot before and a dot and six characters after it fit NAME_MAX (255), with the
    /// one byte of reserve that seven digits of a process id need.
    static let longestKept = 246
    static let attempts = 100
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// "." + name + ".", where a leading dot is not doubled, a trailing one not kept, and the length bounded.
    static func stem(of name: [UInt8]) -> [UInt8] {
        var kept = name[...]
        if kept.first == 0x2e { kept = kept.dropFirst() }
        if kept.last == 0x2e { kept = kept.dropLast() }
        if kept.count > longestKept {
            let cut = kept[kept.startIndex + longestKept]
            kept = kept.prefix(longestKept)
            // Do not end within a multi-byte character.
            if cut >= 0x80 {
                while let last = kept.last, last >= 0x80 { kept = kept.dropLast() }
            }
        }
        return [0x2e] + kept + [0x2e]
    }

    /// Six random letters and digits.
    static func randomSuffix() throws(SystemError) -> [UInt8] {
        var suffix: [UInt8] = []
        while suffix.count < 6 {
            // 248 is the largest multiple of 62 in a byte: what lies above would favour some letters.
            for byte in try System.random(16) where byte < 248 && suffix.count < 6 {
                suffix.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return suffix
    }
}

extension ConfinedTree {
    public func createTemporary(for target: RelativePath) throws(FileError) -> any WritableFile {
        let (parent, directory) = try reporting("mkstemp", target) { () throws(SystemError) in
            guard let parent = target.parent else { throw .isDirectory }
            return (parent, try resolver.directory(parent))
        }
        return try createNew(TemporaryNames.stem(of: target.lastComponent), in: parent, directory)
    }

    public func createTemporary(named name: [UInt8]) throws(FileError) -> any WritableFile {
        try createNew([UInt8](TemporaryNames.stem(of: name).dropFirst()), in: .root, resolver.root)
    }

    public func openInPlace(_ path: RelativePath, allowsDevices: Bool) throws(FileError) -> any WritableFile {
        try reporting("open", path) { () throws(SystemError) in
            let place = try place(of: path)
            let file: Descriptor
            do throws(SystemError) {
                // Opening a device can do things to it, so the type is looked at first; what counts is the look after.
                let status = try System.status(place.directory, place.name)
                guard status.mode.isRegular || allowsDevices && status.mode.type?.isDevice == true else {
                    throw status.mode.isDirectory ? .isDirectory : .invalid
                }
                file = try openForUpdate(place, status)
            } catch {
                guard error == .noEntry else { throw error }
                file = try System.open(place.directory, place.name, flags: Open.createNew, mode: 0o600)
            }
            let opened = try System.status(of: file)
            guard opened.mode.isRegular || allowsDevices && opened.mode.type?.isDevice == true else { throw .invalid }
            return ConfinedWritableFile(
                file, path: path, place: place, tree: self, isInPlace: true, isDevice: !opened.mode.isRegular)
        }
    }

    private func openForUpdate(_ place: Place, _ status: FileStatus) throws(SystemError) -> Descriptor {
        do throws(SystemError) {
            return try System.open(place.directory, place.name, flags: Open.update)
        } catch {
            guard error == .access, status.mode.isRegular, status.uid == System.effectiveUserID else { throw error }
        }
        let handle = try System.open(place.directory, place.name, flags: Open.handle)
        guard try System.status(of: handle).isSameItem(as: status) else { throw .noEntry }
        try changeMode(handle, place, of: status, to: status.mode.permissions | 0o600)
        return try System.open(place.directory, place.name, flags: Open.update)
    }

    /// A failure names what could not be made.
    private func createNew(
        _ stem: [UInt8], in parent: RelativePath, _ directory: Descriptor
    ) throws(FileError) -> ConfinedWritableFile {
        var path = parent
        for _ in 0..<TemporaryNames.attempts {
            let name = stem + (try reporting("mkstemp", parent) { () throws(SystemError) in try TemporaryNames.randomSuffix() })
            guard let new = try? parent.appending(name) else { break }
            path = new
            let place = Place(directory: directory, name: SystemName(component: name))
            do throws(SystemError) {
                let file = try System.open(directory, place.name, flags: Open.createNew, mode: 0o600)
                return ConfinedWritableFile(file, path: path, place: place, tree: self)
            } catch {
                guard error == .exists else { throw FileError(errno: error.number, operation: "mkstemp", path: path) }
            }
        }
        let error = path == parent ? SystemError.nameTooLong : .exists
        throw FileError(errno: error.number, operation: "mkstemp", path: path)
    }

    public func temporaryName(for target: RelativePath) throws(FileError) -> RelativePath {
        try reporting("mktemp", target) { () throws(SystemError) in
            guard let parent = target.parent else { throw .isDirectory }
            let directory = try resolver.directory(parent)
            let stem = TemporaryNames.stem(of: target.lastComponent)
            for number in 0..<TemporaryNames.attempts {
                let name = stem + Array(String(Int(System.processID) + number).utf8)
                guard let path = try? parent.appending(name) else { throw .nameTooLong }
                do throws(SystemError) {
                    _ = try System.status(directory, SystemName(component: name))
                } catch {
                    guard error == .noEntry else { throw error }
                    return path
                }
            }
            throw .exists
        }
    }
}
