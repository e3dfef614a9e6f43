import CSyscalls
import Glibc
import RsyncEngine

/// Attribute calls. All act on a held descriptor, so the item decided upon is the item changed (RSH-355).
extension System {
    /// nil leaves an id alone. Works on O_PATH descriptors of every type, symlinks too.
    static func changeOwner(_ item: Descriptor, uid: UInt32?, gid: UInt32?) throws(SystemError) {
        _ = try retrying {
            unsafe fchownat(item.raw, emptyName, uid ?? .max, gid ?? .max, atEmptyPath)
        }
    }

    /// On an O_PATH descriptor (Linux 5.8).
    static func setTimes(ofHandle item: Descriptor, _ change: AttributeChange) throws(SystemError) {
        let times = pair(change)
        _ = try retrying { unsafe utimensat(item.raw, emptyName, times, atEmptyPath) }
    }

    static func setTimes(ofOpen item: Descriptor, _ change: AttributeChange) throws(SystemError) {
        let times = pair(change)
        _ = try retrying { unsafe futimens(item.raw, times) }
    }

    /// By its single name, never following: for kernels without the form on descriptors.
    static func setTimes(_ directory: Descriptor, _ name: SystemName, _ change: AttributeChange) throws(SystemError) {
        let times = pair(change)
        _ = try retrying { unsafe utimensat(directory.raw, name.characters, times, atNoFollow) }
    }

    /// On an O_PATH descriptor (Linux 6.6).
    static func changeMode(ofHandle item: Descriptor, _ permissions: UInt32) throws(SystemError) {
        _ = try retrying { unsafe ebb_fchmodat2(item.raw, emptyName, permissions, atEmptyPath) }
    }

    static func changeMode(ofOpen item: Descriptor, _ permissions: UInt32) throws(SystemError) {
        _ = try retrying { fchmod(item.raw, permissions) }
    }

    /// By its single name, never following. On kernels without fchmodat2 the C library holds the item by O_PATH and
    /// goes through its own descriptor's entry in /proc, which is free of races too; without /proc it refuses.
    static func changeMode(_ directory: Descriptor, _ name: SystemName, _ permissions: UInt32) throws(SystemError) {
        _ = try retrying { unsafe fchmodat(directory.raw, name.characters, permissions, atNoFollow) }
    }

    /// atime and mtime; one that is not to change is left alone.
    private static func pair(_ change: AttributeChange) -> [timespec] {
        [change.atime, change.mtime].map { time in
            guard let time else { return timespec(tv_sec: 0, tv_nsec: omitTime) }
            return timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
        }
    }

    private static var emptyName: [CChar] { SystemName.empty.characters }

    // MARK: Extended attributes

    /// nil when there is none.
    static func attribute(_ name: SystemName, of file: Descriptor, limit: Int) throws(SystemError) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: limit)
        do throws(SystemError) {
            let count = try retrying { unsafe ebb_fgetxattr(file.raw, name.characters, &value, limit) }
            return [UInt8](value[..<count])
        } catch {
            if error == .noData || error == .notSupported { return nil }
            throw error
        }
    }

    static func setAttribute(_ name: SystemName, of file: Descriptor, to value: [UInt8]) throws(SystemError) {
        _ = try retrying { unsafe ebb_fsetxattr(file.raw, name.characters, value, value.count) }
    }

    static func removeAttribute(_ name: SystemName, of file: Descriptor) throws(SystemError) {
        do throws(SystemError) {
            _ = try retrying { unsafe ebb_fremovexattr(file.raw, name.characters) }
        } catch {
            // Nothing there to remove is what was wanted.
            guard error == .noData || error == .notSupported else { throw error }
        }
    }
}
