import RsyncEngine
import RsyncProtocol

/// Takes from this process what a transfer does not need (RSH-310 to RSH-314): the second wall behind the confined tree.
///
/// Landlock binds the calling thread and what it starts later (RSH-313). Call this before anything starts a thread.
public enum Confinement {
    public struct Root: Sendable {
        /// A held directory, O_PATH is enough.
        public let descriptor: Int32
        public let isWritable: Bool
        /// Device nodes, fifos and sockets may be made in it too.
        public let holdsNodes: Bool

        public init(descriptor: Int32, isWritable: Bool, holdsNodes: Bool = false) {
            self.descriptor = descriptor
            self.isWritable = isWritable
            self.holdsNodes = holdsNodes
        }
    }

    /// What was reached. `level` is that of RSH-350: 0 descriptor discipline alone, 1 Landlock of version 2 or later too.
    public struct Report: Sendable, Equatable {
        public var hasNoNewPrivileges = false
        /// The version in force; nil when the kernel has none or has it switched off (RSH-314).
        public var landlockVersion: Int32?
        /// Version 1 refuses every rename between directories, so everything temporary must stay where its target is.
        public var forbidsCrossDirectoryRename: Bool { landlockVersion == 1 }
        public var level: Int { hasNoNewPrivileges && (landlockVersion ?? 0) >= 2 ? 1 : 0 }
        public init() {}
    }

    public struct Failure: Error, Sendable, Equatable {
        public let errno: Int32
    }

    /// Rights of the file hierarchy, in the kernel's numbering.
    private enum Right {
        static let execute: UInt64 = 1 << 0
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readDirectory: UInt64 = 1 << 3
        static let removeDirectory: UInt64 = 1 << 4
        static let removeFile: UInt64 = 1 << 5
        static let makeDirectory: UInt64 = 1 << 7
        static let makeCharacterDevice: UInt64 = 1 << 6
        static let makeRegular: UInt64 = 1 << 8
        static let makeSocket: UInt64 = 1 << 9
        static let makeFifo: UInt64 = 1 << 10
        static let makeBlockDevice: UInt64 = 1 << 11
        static let makeSymlink: UInt64 = 1 << 12
        static let versionOne: UInt64 = (1 << 13) - 1
        static let refer: UInt64 = 1 << 13
        static let truncate: UInt64 = 1 << 14
        static let deviceControl: UInt64 = 1 << 15
    }

    private static let newestKnownVersion: Int32 = 6

    /// What can be denied in `version` (RSH-311). Everything deniable is denied, then a few rights are given back.
    static func deniable(_ version: Int32) -> (files: UInt64, network: UInt64, scoped: UInt64) {
        var files = Right.versionOne
        if version >= 2 { files |= Right.refer }
        if version >= 3 { files |= Right.truncate }
        if version >= 5 { files |= Right.deviceControl }
        // Bind and connect of TCP; abstract sockets and signals to processes outside.
        return (files, version >= 4 ? 0b11 : 0, version >= 6 ? 0b11 : 0)
    }

    static func granted(writable: Bool, nodes: Bool = false) -> UInt64 {
        let reading = Right.readFile | Right.readDirectory
        guard writable else { return reading }
        let making = Right.makeCharacterDevice | Right.makeSocket | Right.makeFifo | Right.makeBlockDevice
        return reading | (nodes ? making : 0) | Right.writeFile | Right.removeDirectory | Right.removeFile | Right.makeDirectory
            | Right.makeRegular | Right.makeSymlink | Right.refer | Right.truncate
    }

    /// Files outside of all roots that the C library reads when it is asked for a name or a time: nothing in them is secret.
    private static let tables = ["/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/localtime"]

    /// Where the C library of the common systems keeps what it converts charsets with (`--iconv`).
    private static let conversions = ["x86_64-linux-gnu/", "aarch64-linux-gnu/", ""].map { "/usr/lib/\($0)gconv" } + ["/usr/lib64/gconv"]

    /// Confines the calling thread to `roots`. A kernel without Landlock is reported, not an error; one that has it and
    /// refuses the rules is an error, and nothing should be served then.
    ///
    /// - Parameters:
    ///   - reading: files and directories by name, to be read with all that is in them. One that is missing is passed over; a
    ///     symlink is not followed.
    ///   - readingTables: names of users and groups will be asked for, and conversions of charsets.
    ///   - signalling: children started before may still be ended.
    ///   - relinking: names must be able to move and be linked from one directory to another, which version 1 would forbid:
    ///     it is not used then (RSH-311).
    public static func apply(
        roots: [Root], reading: [[UInt8]] = [], readingTables: Bool = false, signalling: Bool = false, relinking: Bool = false
    ) throws(Failure) -> Report {
        var report = Report()
        do throws(SystemError) {
            try System.refuseNewPrivileges()
            report.hasNoNewPrivileges = true
            guard let version = System.landlockVersion, version > 1 || !relinking else { return report }
            // Later versions can do all that the newest known one can (RSH-311).
            let used = min(version, newestKnownVersion)
            let denied = deniable(used)
            let rules = try System.landlockRules(files: denied.files, network: denied.network, scoped: signalling ? denied.scoped & 0b01 : denied.scoped)
            for root in roots {
                let rights = granted(writable: root.isWritable, nodes: root.holdsNodes) & denied.files
                try System.landlockAllow(rules, rights: rights, beneath: root.descriptor)
            }
            for path in reading { try allowReading(path, Open.handle, rules) }
            // A system without one of them has nothing to read there.
            for table in readingTables ? tables : [] { try allowReading(Array(table.utf8), Open.trustedFile, rules) }
            for place in readingTables ? conversions : [] { try allowReading(Array(place.utf8), Open.handle, rules) }
            try System.landlockRestrict(rules)
            report.landlockVersion = used
            return report
        } catch {
            throw Failure(errno: error.number)
        }
    }

    private static func allowReading(_ path: [UInt8], _ flags: Int32, _ rules: Descriptor) throws(SystemError) {
        guard !path.contains(0), let item = try? System.open(trustedPath: SystemName(anything: path), flags: flags) else { return }
        let isDirectory = try System.status(of: item).mode.isDirectory
        // The kernel takes rights of directories for directories alone.
        let rights = isDirectory ? granted(writable: false) : Right.readFile
        try System.landlockAllow(rules, rights: rights, beneath: item.raw)
    }

    /// Whether the wall stands (RSH-352): a directory outside must not be listable any more.
    public static func refuses(listing outside: [UInt8]) -> Bool {
        do throws(SystemError) {
            _ = try System.open(trustedPath: SystemName(anything: outside), flags: Open.listing)
            return false
        } catch {
            return error == .access
        }
    }
}
