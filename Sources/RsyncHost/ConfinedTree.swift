import RsyncEngine
import RsyncProtocol
import RsyncWire

/// A directory tree that nothing asked of it can leave (RSH-300 to RSH-303, RSH-355).
///
/// The root is a held descriptor. The directory part of every path is resolved beneath it without following any
/// symlink, or following those that `links` allows; what is then done is done to one single name in that directory, or to a descriptor of the item itself. Any
/// number of threads may use one tree at once.
public final class ConfinedTree: DestinationTree {
    let resolver: DirectoryResolver
    /// Owners, modes and devices live in an extended attribute instead of in the item (MET-134).
    public let fakeSuper: Bool
    let method: ResolutionMethod
    /// Reading leaves access times alone, where the system lets us (`--open-noatime`).
    let keepsAccessTimes: Bool

    /// Devices can be read like files (`--copy-devices`, `--write-devices`).
    let opensDevices: Bool

    /// Opens the root by a path of this machine; unless `rules` say something else symlinks in it are followed.
    public convenience init(
        opening path: [UInt8], rules: PathRules = .trusting, method: ResolutionMethod = .kernel, fakeSuper: Bool = false,
        keepsAccessTimes: Bool = false, links: LinkFollowing = .none, opensDevices: Bool = false, trustedPrefix: Int = 0
    ) throws(FileError) {
        do throws(SystemError) {
            let root = try rules.resolve(path, flags: Open.trustedRoot, trusted: trustedPrefix)
            self.init(
                root: root, method: method, fakeSuper: fakeSuper, keepsAccessTimes: keepsAccessTimes,
                links: LinkReach(links, root: root), opensDevices: opensDevices)
        } catch {
            throw FileError(errno: error.number, operation: "change_dir", path: .root)
        }
    }

    public convenience init(
        opening path: String, method: ResolutionMethod = .kernel, fakeSuper: Bool = false
    ) throws(FileError) {
        try self.init(opening: [UInt8](path.utf8), method: method, fakeSuper: fakeSuper)
    }

    /// Takes over a descriptor of a directory and closes it in the end.
    public convenience init(descriptor: Int32, method: ResolutionMethod = .kernel, fakeSuper: Bool = false) {
        self.init(root: Descriptor(owning: descriptor), method: method, fakeSuper: fakeSuper)
    }

    init(
        root: Descriptor, method: ResolutionMethod, fakeSuper: Bool, keepsAccessTimes: Bool = false,
        links: LinkReach? = nil, opensDevices: Bool = false
    ) {
        self.opensDevices = opensDevices
        resolver = DirectoryResolver(root: root, method: method, links: links)
        self.method = method
        self.fakeSuper = fakeSuper
        self.keepsAccessTimes = keepsAccessTimes
    }

    /// The directory at `path` as a tree of its own. It stays that directory whatever happens to its name. If `links` lets
    /// it follow symlinks, they may lead to anything in this tree, and nowhere else. With `followsName` so may those in `path`; one
    /// that leads out is ELOOP.
    public func subtree(
        _ path: RelativePath, fakeSuper: Bool? = nil, keepsAccessTimes: Bool? = nil, links: LinkFollowing? = nil,
        followsName: Bool = false
    ) throws(FileError) -> ConfinedTree {
        let root = try reporting("change_dir", path) { () throws(SystemError) in
            do throws(SystemError) {
                return try resolver.resolve(path, flags: Open.directoryHandle)
            } catch {
                guard followsName, error == .notDirectory else { throw error }
                return try resolver.follow(
                    path, within: .beneath(resolver.root, [], seesOutside: true), flags: Open.directoryHandle)
            }
        }
        return ConfinedTree(
            root: root, method: method, fakeSuper: fakeSuper ?? self.fakeSuper,
            keepsAccessTimes: keepsAccessTimes ?? self.keepsAccessTimes,
            links: links == nil
                ? resolver.links?.below(path, root: root)
                : links == LinkFollowing.none ? nil : .beneath(resolver.root, path.bytes, seesOutside: false),
            opensDevices: opensDevices)
    }

    /// The root's descriptor, for confinement rules. Valid while the tree lives.
    public var rootDescriptor: Int32 { resolver.root.raw }

    /// Where a path's last component is acted upon: a held directory and one name in it.
    struct Place {
        let directory: Descriptor
        let name: SystemName
    }

    func place(of path: RelativePath) throws(SystemError) -> Place {
        if path.isRoot { return Place(directory: resolver.root, name: .itself) }
        let slash = path.lastSlash
        guard slash >= 0 else {
            return Place(directory: resolver.root, name: SystemName(component: path.bytes[...]))
        }
        return Place(
            directory: try resolver.directory(above: path, slash: slash),
            name: SystemName(component: path.bytes[(slash + 1)...]))
    }

    @inline(__always)
    func reporting<R>(
        _ operation: StaticString, _ path: RelativePath, _ body: () throws(SystemError) -> R
    ) throws(FileError) -> R {
        do throws(SystemError) {
            return try body()
        } catch {
            throw FileError(errno: error.number, operation: operation, path: path)
        }
    }

    // MARK: Reading

    public func status(_ path: RelativePath) throws(FileError) -> FileStatus {
        do throws(SystemError) {
            return try currentStatus(path)
        } catch {
            throw FileError(errno: error.number, operation: "readlink_stat", path: path)
        }
    }

    /// For every item of a tree: nothing is allocated.
    private func currentStatus(_ path: RelativePath) throws(SystemError) -> FileStatus {
        if fakeSuper || path.isRoot { return try status(at: place(of: path)) }
        let slash = path.lastSlash
        if slash < 0 { return try System.status(resolver.root, component: path.bytes, from: 0) }
        return try System.status(resolver.directory(above: path, slash: slash), component: path.bytes, from: slash + 1)
    }

    func status(at place: Place) throws(SystemError) -> FileStatus {
        let real = try System.status(place.directory, place.name)
        return fakeSuper ? try pretended(real, at: place) : real
    }

    public func followedStatus(_ path: RelativePath) throws(FileError) -> FileStatus {
        try reporting("readlink_stat", path) { () throws(SystemError) in try resolver.followedStatus(path) }
    }

    public func names(in directory: RelativePath) throws(FileError) -> [[UInt8]] {
        try reporting("opendir", directory) { () throws(SystemError) in
            let reader = DirectoryReader(try openListing(of: directory), path: directory)
            var names: [[UInt8]] = []
            while let name = try reader.nextName() { names.append(name) }
            return names
        }
    }

    public func listing(of directory: RelativePath) throws(FileError) -> any DirectoryListing {
        // What is pretended of an item takes more than its status.
        if fakeSuper { return ListedNames(self, directory, try names(in: directory)) }
        return try reporting("opendir", directory) { () throws(SystemError) in
            DirectoryReader(try openListing(of: directory), path: directory)
        }
    }

    public func linkTarget(_ path: RelativePath) throws(FileError) -> [UInt8] {
        try reporting("readlink_stat", path) { () throws(SystemError) in
            let place = try place(of: path)
            if fakeSuper, let target = try pretendedTarget(at: place) { return target }
            return try System.linkTarget(place.directory, place.name)
        }
    }

    public func ownLinkTarget(_ path: RelativePath) throws(FileError) -> [UInt8] {
        guard fakeSuper else { return try linkTarget(path) }
        return try reporting("readlink_stat", path) { () throws(SystemError) in
            guard let target = try pretendedTarget(at: place(of: path)) else { throw .invalid }
            return target
        }
    }

    public func open(_ path: RelativePath) throws(FileError) -> any ReadableFile {
        try reporting("open", path) { () throws(SystemError) in
            if resolver.links != nil { return ConfinedReadableFile(try openFollowed(path), path: path, tree: self) }
            let place = try place(of: path)
            // Opening a device can do things to it, so the type is looked at first; what counts is the look after.
            let present = try status(at: place)
            guard isReadable(present) else { throw Self.unreadable(present) }
            return ConfinedReadableFile(try openRegular(at: place), path: path, tree: self)
        }
    }

    public func readExamined(_ path: RelativePath, into buffer: inout [UInt8], count: Int) throws(FileError) -> Int {
        // The size of a device, and where a symlink leads, take more than a read.
        guard resolver.links == nil, !opensDevices else {
            let file = try open(path)
            defer { file.close() }
            return try file.read(into: &buffer, at: 0, count: count, position: 0)
        }
        return try reporting("open", path) { () throws(SystemError) in
            let file = try openContent(at: place(of: path))
            var done = 0
            while done < count {
                let got = try System.read(file, into: &buffer, at: done, count: count - done, position: Int64(done))
                if got == 0 { break }
                done += got
            }
            // A look for each file would cost more than its data. A pipe or directory put there in between cannot be read like
            // this; of a device that gives enough, which only root can put there, no more than the sum gets out.
            if done < count { _ = try readableSize(of: file) }
            return done
        }
    }

    /// Size in bytes from which the kernel is told that a file will be read from start to end: what is shorter comes in
    /// one piece anyway.
    static let worthAdvice: Int64 = 128 << 10

    public func deviceSize(_ path: RelativePath) -> Int64 {
        // What cannot be opened has no size that counts; who wants its data is told why.
        guard opensDevices, let file = try? open(path) else { return 0 }
        defer { file.close() }
        return file.size
    }

    /// What can be read of an open item, if it is a file or a device that may be opened.
    func readableSize(of file: Descriptor) throws(SystemError) -> Int64 {
        let opened = try System.status(of: file)
        guard isReadable(opened) else { throw Self.unreadable(opened) }
        guard opened.mode.isRegular else { return (try? System.seekEnd(file)) ?? 0 }
        if opened.size >= Self.worthAdvice { System.adviseSequential(file) }
        return opened.size
    }

    /// Opens what must be a regular file, without waiting for anything and without following anything.
    func openRegular(at place: Place) throws(SystemError) -> (file: Descriptor, size: Int64) {
        do throws(SystemError) {
            let file = try openContent(at: place)
            return (file, try readableSize(of: file))
        } catch {
            // A device without driver that took the file's place.
            if !opensDevices && error == .noDeviceDriver { throw .invalid }
            throw error
        }
    }
}

/// A regular file held open.
final class ConfinedReadableFile: ReadableFile {
    private let file: OpenFile
    private let path: RelativePath
    private let tree: ConfinedTree

    let size: Int64

    init(_ opened: (file: Descriptor, size: Int64), path: RelativePath, tree: ConfinedTree) {
        file = OpenFile(opened.file)
        size = opened.size
        self.path = path
        self.tree = tree
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int {
        do throws(SystemError) {
            let held = try file.held()
            var done = 0
            // What a device gives beyond its size is not its content: some never end.
            let count = tree.opensDevices ? Int(min(Int64(count), max(0, size - position))) : count
            while done < count {
                let got = try System.read(
                    held, into: &buffer, at: offset + done, count: count - done, position: position + Int64(done))
                if got == 0 { break }
                done += got
            }
            return done
        } catch {
            throw FileError(errno: error.number, operation: "read", path: path)
        }
    }

    func close() { file.close() }
}
