import RsyncEngine
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
        try reporting("mkstemp", target) { () throws(SystemError) in
            guard let parent = target.parent else { throw .isDirectory }
            let directory = try resolver.directory(parent)
            let stem = TemporaryNames.stem(of: target.lastComponent)
            for _ in 0..<TemporaryNames.attempts {
                let name = stem + (try TemporaryNames.randomSuffix())
                guard let path = try? parent.appending(name) else { throw .nameTooLong }
                let place = Place(directory: directory, name: SystemName(component: name))
                do throws(SystemError) {
                    let file = try System.open(directory, place.name, flags: Open.createNew, mode: 0o600)
                    return ConfinedWritableFile(file, path: path, place: place, tree: self)
                } catch {
                    guard error == .exists else { throw error }
                }
            }
            throw .exists
        }
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
