import RsyncEngine
import RsyncProtocol
import RsyncWire

/// How items are opened to be read, and which can be.
extension ConfinedTree {
    /// Opens with `flags`, and such that reading leaves the access time alone where that was asked for.
    func openForReading(
        _ flags: Int32, _ open: (Int32) throws(SystemError) -> Descriptor
    ) throws(SystemError) -> Descriptor {
        guard keepsAccessTimes else { return try open(flags) }
        do throws(SystemError) {
            return try open(flags | Open.noAccessTime)
        } catch {
            // Only an item's owner may ask for it.
            guard error == .notPermitted else { throw error }
            return try open(flags)
        }
    }

    func openListing(of directory: RelativePath) throws(SystemError) -> Descriptor {
        try openForReading(Open.listing) { flags throws(SystemError) in try resolver.resolve(directory, flags: flags) }
    }

    func openContent(at place: Place) throws(SystemError) -> Descriptor {
        try openForReading(Open.content) { flags throws(SystemError) in
            try System.open(place.directory, place.name, flags: flags)
        }
    }

    func isReadable(_ status: FileStatus) -> Bool {
        status.mode.isRegular || opensDevices && status.mode.type?.isDevice == true
    }

    /// What the system would say of reading an item that is no file: people are told why (XFR-58).
    static func unreadable(_ status: FileStatus) -> SystemError {
        switch status.mode.type {
        case .directory: .isDirectory
        case .symlink: .loop
        case .socket: .noSuchDevice
        default: .invalid
        }
    }

    /// A regular file, or a device where those may be opened, at the end of all symlinks.
    func openFollowed(_ path: RelativePath) throws(SystemError) -> (file: Descriptor, size: Int64) {
        // Opening a device can do things to it, so the type is looked at first; what counts is the look after.
        let present = try System.status(of: resolver.resolve(path, flags: Open.trustedFile))
        guard isReadable(present) else { throw Self.unreadable(present) }
        let file = try openForReading(Open.content) { flags throws(SystemError) in try resolver.resolve(path, flags: flags) }
        return (file, try readableSize(of: file))
    }
}
