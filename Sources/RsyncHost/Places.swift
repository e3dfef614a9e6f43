import RsyncEngine
import RsyncWire

/// Where the paths of a command line lead. Every tree a command line names is opened through this (CI/laws sees to it), so
/// that whoever serves a stranger need only hand in another value.
public enum Places: Sendable {
    /// To this machine's directories: the words come from whoever may do here what they like. Symlinks are followed as far as
    /// the rules say.
    case machine(PathRules)
    /// Into one directory, which is the words' `/` and their `.`: `..` does not leave it, nor does a symlink in a word: one that
    /// stays inside is followed, one that leads out is refused (RSH-240).
    case beneath(ConfinedTree)

    /// The same places for paths that other rules hold for.
    public func under(_ rules: PathRules) -> Places {
        if case .machine = self { .machine(rules) } else { self }
    }

    /// Wherever the words lead on this machine.
    public static let trusted = Places.machine(.trusting)

    /// `trustedPrefix`: bytes at the start of `path` that are followed wherever they lead on this machine.
    public func tree(
        _ path: [UInt8], fakeSuper: Bool = false, keepsAccessTimes: Bool = false, links: LinkFollowing = .none,
        opensDevices: Bool = false, trustedPrefix: Int = 0
    ) throws(FileError) -> ConfinedTree {
        switch self {
        case .machine(let rules):
            return try ConfinedTree(
                opening: path, rules: rules, fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes, links: links,
                opensDevices: opensDevices, trustedPrefix: trustedPrefix)
        case .beneath(let root):
            // A device holds what lies outside, so no option opens one there.
            return try root.subtree(
                Self.reduced(path), fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes, links: links, followsName: true)
        }
    }

    /// Whole content of a regular file of at most `limit` bytes; nil on the machine itself, where the caller reads.
    public func contents(of path: [UInt8], limit: Int = 64 << 20) throws(FileError) -> [UInt8]? {
        guard case .beneath(let root) = self else { return nil }
        let path = try Self.reduced(path)
        let file = try root.open(path)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try file.read(into: &buffer, at: 0, count: buffer.count, position: Int64(content.count))
            if count == 0 { return content }
            content += buffer[..<count]
            guard content.count <= limit else {
                throw FileError(errno: SystemError.fileTooBig.number, operation: "read", path: path)
            }
        }
    }

    /// `path` with its `..` taken off by name. What would climb over the root is refused as a place without permission.
    public static func reduced(_ path: [UInt8]) throws(FileError) -> RelativePath {
        let slash = UInt8(ascii: "/")
        var kept: [ArraySlice<UInt8>] = []
        for component in path.split(separator: slash) where !component.elementsEqual(".".utf8) {
            if !component.elementsEqual("..".utf8) {
                kept.append(component)
            } else if kept.popLast() == nil {
                throw FileError(errno: SystemError.access.number, operation: "change_dir", path: .root)
            }
        }
        guard !kept.isEmpty else { return .root }
        do throws(RelativePath.Defect) {
            return try RelativePath(cleaning: [UInt8](kept.joined(separator: [slash])))
        } catch {
            throw FileError(errno: SystemError.noEntry.number, operation: "change_dir", path: .root)
        }
    }
}
