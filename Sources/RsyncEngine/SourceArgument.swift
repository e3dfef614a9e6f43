import RsyncProtocol
import RsyncWire

/// One source argument, opened: where its items are found and under which names they travel (FLS-8 to FLS-11).
public struct SourceArgument: Sendable {
    /// Rooted in the start directory or in one above it.
    public let tree: any SourceTree
    /// Name of the start item on the wire; `.` for a dot-dir, with `-R` possibly with a leading slash.
    public let wireName: [UInt8]
    /// Where the start item is inside `tree`.
    public let start: RelativePath
    /// The argument named the contents: dot-dir or trailing slash.
    public let namesContents: Bool
    /// `-R`: the directories above the start item, outermost first, as they are sent (FLS-23).
    public let implied: [(name: [UInt8], status: FileStatus)]
    /// What the names are relative to, as the user wrote it; empty for the working directory (MET-171, %f).
    public let directory: [UInt8]
    /// Absolute path of the directory where names start, for rules that are about it (FLT-50).
    public let transferRoot: [UInt8]

    /// Nothing is there, and the receiving side is to know (FLS-15).
    public var isMissing = false

    /// Directories above it that are not there either, outermost first: told and counted as gone meanwhile.
    public var vanishedDirectories: [(name: [UInt8], label: [UInt8])] = []

    /// Opens one of `implied`, by its name.
    public var openImplied: (@Sendable (_ name: [UInt8]) -> (any SourceTree)?)?

    public init(
        tree: any SourceTree, wireName: [UInt8], start: RelativePath, namesContents: Bool,
        implied: [(name: [UInt8], status: FileStatus)] = [], directory: [UInt8] = [],
        transferRoot: [UInt8] = [0x2f]
    ) {
        self.tree = tree
        self.wireName = wireName
        self.start = start
        self.namesContents = namesContents
        self.implied = implied
        self.transferRoot = transferRoot
        self.directory = directory
    }

    /// The tree and place of an entry of ours, whether start item, below it or above.
    func place(of name: [UInt8]) -> (tree: any SourceTree, path: RelativePath)? {
        if !implied.isEmpty, name != wireName, implied.contains(where: { $0.name == name }) {
            return openImplied?(name).map { ($0, .root) }
        }
        guard let path = try? path(of: name) else { return nil }
        return (tree, path)
    }

    var isDotDirectory: Bool { wireName == [0x2e] || wireName == [0x2f, 0x2e] }

    /// A name on the wire is the item's path in `tree`.
    var namesArePaths: Bool { wireName.count == 1 && wireName[0] == 0x2e && start.isRoot }

    /// Where the item with this name on the wire lies in `tree`.
    func path(of name: [UInt8]) throws(RelativePath.Defect) -> RelativePath {
        if name == wireName { return start }
        if wireName == [0x2e] {
            return try start.isRoot ? RelativePath(cleaning: name) : RelativePath(cleaning: start.bytes + [0x2f] + name)
        }
        let prefix = wireName == [0x2f, 0x2e] ? 1 : wireName.count + 1
        guard name.count > prefix, name.starts(with: wireName), name[prefix - 1] == 0x2f else { throw .empty }
        let below = name[prefix...]
        return try start.isRoot ? RelativePath(cleaning: below) : RelativePath(cleaning: start.bytes + [0x2f] + below)
    }

    /// What stands before the names of the items directly inside the directory called `directory`.
    static func prefix(of directory: [UInt8]) -> [UInt8] {
        if directory == [0x2e] { return [] }
        if directory == [0x2f, 0x2e] { return [0x2f] }
        return directory + [0x2f]
    }

    /// The wire name of an item directly inside the directory called `directory`.
    static func childName(of directory: [UInt8], _ child: [UInt8]) -> [UInt8] {
        prefix(of: directory) + child
    }
}

/// What has become of the names of sources.
public struct OpenedSources: Sendable {
    public enum Trouble: Sendable, Equatable {
        case none
        /// Some name nothing (FLS-13): exit 23.
        case missing
        /// The directory that one of them starts in cannot be entered: what should be in it may be there all the same, so that
        /// nothing is deleted for the want of it (FLS-13, MET-108).
        case unreachable
    }

    public var arguments: [SourceArgument] = []
    public var trouble = Trouble.none

    public init() {}
}
