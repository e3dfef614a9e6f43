import RsyncWire

/// The items of one directory, one after the other, each with what lstat tells of it: what a sender asks of every
/// directory. The directory stays the one that was opened, whatever happens to its name.
public protocol DirectoryListing: AnyObject {
    /// The next item's name behind `prefix`, which is `dir/` or empty; nil after the last. `.` and `..` do not come.
    func next(behind prefix: [UInt8]) throws(FileError) -> [UInt8]?
    /// lstat of the item that came last.
    func status() throws(FileError) -> FileStatus
}

extension SourceTree {
    public func listing(of directory: RelativePath) throws(FileError) -> any DirectoryListing {
        ListedNames(self, directory, try names(in: directory))
    }
}

/// For trees without a faster way: names first, then each path.
public final class ListedNames: DirectoryListing {
    private let tree: any SourceTree
    private let directory: RelativePath
    private let names: [[UInt8]]
    private var given = 0

    public init(_ tree: any SourceTree, _ directory: RelativePath, _ names: [[UInt8]]) {
        self.tree = tree
        self.directory = directory
        self.names = names
    }

    public func next(behind prefix: [UInt8]) throws(FileError) -> [UInt8]? {
        guard given < names.count else { return nil }
        given += 1
        return prefix + names[given - 1]
    }

    public func status() throws(FileError) -> FileStatus {
        guard let path = try? directory.appending(names[given - 1]) else {
            throw FileError(errno: FileError.notFound, operation: "readlink_stat", path: directory)
        }
        return try tree.status(path)
    }
}
