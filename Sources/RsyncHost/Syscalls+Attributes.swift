import CSyscalls
import Glibc
import RsyncEngine

/// Attribute calls. All act on a held descriptor, so the item decided upon is the item changed (RSH-355).
extension System {
    /// nil leaves an id alone. Works on O_PATH descriptors of every type, symlinks too. The last id cannot be set (MET-11): to the
    /// system it means that nothing is to change.
    static func changeOwner(_ item: Descriptor, uid: UInt32?, gid: UInt32?) throws(SystemError) {
        guard uid != .max, gid != .max else { throw .invalid }
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

    enum AttributeHolder {
        /// Opened for reading or writing.
        case open(Descriptor)
        /// O_PATH.
        case handle(Descriptor)

        var raw: Int32 {
            switch self {
            case .open(let file): file.raw
            case .handle(let file): file.raw
            }
        }

        var isHandle: Int32 {
            switch self {
            case .open: 0
            case .handle: 1
            }
        }
    }

    /// None where the file system knows none.
    static func attributes(
        of item: AttributeHolder, where wanted: (_ name: [UInt8]) -> Bool
    ) throws(SystemError) -> [ExtendedAttribute] {
        // Names of one item take at most 64 KiB, and so does one value.
        var names = [UInt8](repeating: 0, count: 1024)
        var count = unsafe ebb_list_attributes(item.raw, item.isHandle, &names, names.count)
        if count < 0, errno == ERANGE {
            names = [UInt8](repeating: 0, count: largestAttribute)
            count = unsafe ebb_list_attributes(item.raw, item.isHandle, &names, names.count)
        }
        guard count >= 0 else {
            let error = SystemError(number: errno)
            if error == .notSupported { return [] }
            throw error
        }
        var found: [ExtendedAttribute] = []
        for name in names[..<count].split(separator: 0) {
            let name = [UInt8](name)
            guard wanted(name), let value = try attribute(name, of: item) else { continue }
            found.append(ExtendedAttribute(name: name, value: value))
        }
        return found
    }

    private static let largestAttribute = 64 << 10

    /// nil: gone meanwhile.
    private static func attribute(_ name: [UInt8], of item: AttributeHolder) throws(SystemError) -> [UInt8]? {
        let name = SystemName(anything: name)
        var value = [UInt8](repeating: 0, count: 256)
        var count = unsafe ebb_get_attribute(item.raw, item.isHandle, name.characters, &value, value.count)
        if count < 0, errno == ERANGE {
            value = [UInt8](repeating: 0, count: largestAttribute)
            count = unsafe ebb_get_attribute(item.raw, item.isHandle, name.characters, &value, value.count)
        }
        guard count >= 0 else {
            let error = SystemError(number: errno)
            if error == .noData { return nil }
            throw error
        }
        return [UInt8](value[..<count])
    }

    static func setAttribute(_ attribute: ExtendedAttribute, of item: AttributeHolder) throws(SystemError) {
        let name = SystemName(anything: attribute.name)
        _ = try retrying {
            unsafe ebb_set_attribute(item.raw, item.isHandle, name.characters, attribute.value, attribute.value.count)
        }
    }

    static func removeAttribute(_ name: [UInt8], of item: AttributeHolder) throws(SystemError) {
        do throws(SystemError) {
            _ = try retrying { unsafe ebb_remove_attribute(item.raw, item.isHandle, SystemName(anything: name).characters) }
        } catch {
            guard error == .noData else { throw error }
        }
    }

    // MARK: The attribute of fake mode

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
