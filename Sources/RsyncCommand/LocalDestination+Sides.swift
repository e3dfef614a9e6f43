import RsyncEngine
import RsyncHost
import RsyncWire

// The directories beside the destination, and what is said where one of them cannot be used: stock rsync's words and its exit
// statuses, which tell what is not there from what cannot be looked at.
extension LocalDestination {
    /// `--temp-dir`, which has to be there.
    func temporary(_ words: [UInt8], base: [UInt8]) throws(SessionError) -> ConfinedTree {
        guard !words.isEmpty else { throw SessionError(exitCode: 1, "The temp-dir does not exist: ") }
        let path = Self.isAbsolute(words) ? words : join(base, words)
        do throws(FileError) {
            return try sidePlaces.tree(path, fakeSuper: fakeSuper)
        } catch {
            if error.errno == FileError.notFound { throw SessionError(exitCode: 1, "The temp-dir does not exist: \(words)") }
            if isOther(path, error) { throw SessionError(exitCode: 1, "The temp-dir is not a directory: \(words)") }
            throw SessionError(exitCode: 11, "Failed to stat temp-dir \(words): \(errorWords(error.errno))")
        }
    }

    /// `--backup-dir`, which may be yet to be made: held by what is there of it.
    func backup(_ words: [UInt8], base: [UInt8]) throws(SessionError) -> Destination.Annex {
        let path = Self.isAbsolute(words) ? words : join(base, words)
        do throws(FileError) {
            return try annex(path, words)
        } catch {
            if isOther(path, error) { throw SessionError(exitCode: 1, "The backup-dir is not a directory: \(words)") }
            throw SessionError(exitCode: 11, "Failed to stat \(words): \(errorWords(error.errno))")
        }
    }

    /// An absolute `--partial-dir`. One that cannot be looked at is an error only for the part that is to go there.
    func partial(_ words: [UInt8]) throws(SessionError) -> Destination.Annex {
        do throws(FileError) {
            return try annex(words, words)
        } catch {
            if let root = try? sidePlaces.tree([Self.slash]), let directory = try? Places.reduced(words) {
                return Destination.Annex(tree: root, directory: directory, words: words)
            }
            throw SessionError(exitCode: 11, "Failed to stat \(words): \(errorWords(error.errno))")
        }
    }

    private func annex(_ path: [UInt8], _ words: [UInt8]) throws(FileError) -> Destination.Annex {
        var path = path
        var below: [[UInt8]] = []
        while true {
            switch opened(path, in: sidePlaces) {
            case .success(let tree):
                let rest = [UInt8](below.reversed().joined(separator: [Self.slash]))
                guard let directory = rest.isEmpty ? .root : try? RelativePath(cleaning: rest) else {
                    throw FileError(errno: SystemWords.invalid, operation: "stat", path: .root)
                }
                return Destination.Annex(tree: tree, directory: directory, words: words)
            case .failure(let error):
                let (parent, name) = Self.split(path)
                guard error.errno == FileError.notFound, parent != path, !name.elementsEqual("..".utf8) else { throw error }
                below.append(name)
                path = parent
            }
        }
    }

    /// Something is there, and it is no directory.
    private func isOther(_ path: [UInt8], _ error: FileError) -> Bool {
        error.errno == FileError.notADirectory && isThere(path, in: sidePlaces)
    }

    /// The `--link-dest` directories that exist. Relative ones are relative to the destination directory (MET-88), which
    /// in a dry run need not be there: `..` at their start is taken off its name.
    func openAlternates(base: [UInt8], _ notices: inout [Destination.Notice]) -> [any DestinationTree] {
        var alternates: [any DestinationTree] = []
        for word in linkDestinations {
            do throws(FileError) {
                // Under -L a path of the list may lead through a symlink of the base, as with stock; not out of it.
                alternates.append(
                    try sidePlaces.tree(
                        Self.isAbsolute(word) ? word : join(base, word), fakeSuper: fakeSuper,
                        keepsAccessTimes: options.keepsAccessTimes, links: .confined))
            } catch {
                // Where nobody may look nothing is, as with stock.
                let problem = error.errno == FileError.notFound || error.errno == FileError.accessDenied ? "does not exist" : "is not a dir"
                notices.append(
                    Destination.Notice(
                        .warning, "--\(options.alternateKind.rawValue) arg \(problem): \(alternateName(word, base: base))"))
            }
        }
        return alternates
    }

    /// Where it was looked for.
    private func alternateName(_ word: [UInt8], base: [UInt8]) -> [UInt8] {
        if Self.isAbsolute(word) { return Self.trimmed(word) }
        var (place, rest) = (places.absolutePath(base), word[...])
        if (try? places.tree(base)) == nil, rest.starts(with: "../".utf8) {
            place = Self.split(place).parent
            rest = rest.dropFirst(3)
        }
        return Self.trimmed(place + (place.last == Self.slash ? [] : [Self.slash]) + rest)
    }

    private func join(_ base: [UInt8], _ word: [UInt8]) -> [UInt8] {
        var (base, rest) = (base, word[...])
        if (try? places.tree(base)) == nil {
            while rest.starts(with: "../".utf8), base.contains(where: { $0 != Self.slash }) {
                base = Self.split(base).parent
                rest = rest.dropFirst(3)
            }
        }
        return base + [Self.slash] + rest
    }

    private static var slash: UInt8 { UInt8(ascii: "/") }

    private static func isAbsolute(_ path: [UInt8]) -> Bool { path.first == slash }
}
