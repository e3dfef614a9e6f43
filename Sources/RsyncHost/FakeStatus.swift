import RsyncEngine
import RsyncProtocol

/// What an item would be if we were root, kept as text in an extended attribute (MET-134).
///
///     MODE MAJOR,MINOR UID:GID        MODE octal with type bits, the rest decimal: `60640 8,300 0:0`
struct FakeStatus: Equatable, Sendable {
    static let attribute = SystemName(anything: Array("user.rsync.%stat".utf8))
    /// Longer than any value can be: 11 + 1 + 10 + 1 + 10 + 1 + 10 + 1 + 10.
    static let maximumLength = 64

    var mode: FileMode
    var rdev: DeviceNumber
    var uid: UInt32
    var gid: UInt32

    init(mode: FileMode, rdev: DeviceNumber, uid: UInt32, gid: UInt32) {
        self.mode = mode
        self.rdev = rdev
        self.uid = uid
        self.gid = gid
    }

    /// The owners of `status` with another mode.
    init(mode: FileMode, rdev: DeviceNumber = .none, status: FileStatus) {
        self.init(mode: mode, rdev: rdev, uid: status.uid, gid: status.gid)
    }

    /// nil when malformed (MET-137).
    init?(parsing value: [UInt8]) {
        let words = value.split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        let device = words[1].split(separator: 0x2c, omittingEmptySubsequences: false)
        let owner = words[2].split(separator: 0x3a, omittingEmptySubsequences: false)
        guard device.count == 2, owner.count == 2,
            let mode = Self.number(words[0], radix: 8),
            let major = Self.number(device[0], radix: 10), let minor = Self.number(device[1], radix: 10),
            let uid = Self.number(owner[0], radix: 10), let gid = Self.number(owner[1], radix: 10)
        else { return nil }
        let parsed = FileMode(bits: mode)
        guard let type = parsed.type, type != .missing, mode <= 0o177777 else { return nil }
        self.init(mode: parsed, rdev: DeviceNumber(major: major, minor: minor), uid: uid, gid: gid)
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> UInt32? {
        guard let first = digits.first, first != 0x2b, first != 0x2d else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
    }

    var text: [UInt8] {
        Array("\(String(mode.bits, radix: 8)) \(rdev.major),\(rdev.minor) \(uid):\(gid)".utf8)
    }

    /// What the item itself gets: enough for its owner to keep working with it (MET-135).
    static func storedPermissions(_ permissions: UInt32, isDirectory: Bool) -> UInt32 {
        permissions & 0o777 | (isDirectory ? 0o700 : 0o600)
    }

    func agrees(with real: FileStatus) -> Bool {
        mode == real.mode && uid == real.uid && gid == real.gid
    }

    func applied(to real: FileStatus) -> FileStatus {
        var pretended = real
        pretended.mode = mode
        pretended.rdev = rdev
        pretended.uid = uid
        pretended.gid = gid
        return pretended
    }
}

/// The tree's side of it. Only regular files and directories carry the attribute, as everything is stored as one of these.
extension ConfinedTree {
    /// `real` as the attribute has it. An item that we may not even open cannot have been stored by us (MET-135
    /// leaves the owner every right) and is what it seems to be.
    func pretended(_ real: FileStatus, at place: Place) throws(SystemError) -> FileStatus {
        guard let opened = try openForAttributes(place, as: real) else { return real }
        return try pretended(real, open: opened)
    }

    /// A malformed attribute is an error, never a guess (MET-137).
    func pretended(_ real: FileStatus, open file: Descriptor) throws(SystemError) -> FileStatus {
        guard let value = try System.attribute(FakeStatus.attribute, of: file, limit: FakeStatus.maximumLength) else {
            return real
        }
        guard let parsed = FakeStatus(parsing: value) else { throw .invalid }
        // A real directory that pretends to be a device, or the reverse, is no work of ours.
        guard parsed.mode.isDirectory == real.mode.isDirectory else { throw .invalid }
        return parsed.applied(to: real)
    }

    /// The target of what is a symlink by its attribute; nil for what is none or is a real one.
    func pretendedTarget(at place: Place) throws(SystemError) -> [UInt8]? {
        let real = try System.status(place.directory, place.name)
        guard real.mode.isRegular else { return nil }
        let file = try openRegular(at: place).file
        guard try pretended(real, open: file).mode.isSymlink else { return nil }
        var target = [UInt8](repeating: 0, count: 4096)
        let count = try System.read(file, into: &target, at: 0, count: target.count, position: 0)
        guard count > 0, count < target.count, !target[..<count].contains(0) else { throw .invalid }
        return [UInt8](target[..<count])
    }

    /// A file that stands for a device, a special or a symlink (MET-136).
    func makePretended(
        _ mode: FileMode, _ device: DeviceNumber, content: [UInt8], at place: Place
    ) throws(SystemError) {
        let file = try System.open(place.directory, place.name, flags: Open.createNew, mode: 0o600)
        do throws(SystemError) {
            try System.write(file, content, 0..<content.count)
            let stored = FakeStatus.storedPermissions(mode.permissions, isDirectory: false)
            if stored != 0o600 { try System.changeMode(ofOpen: file, stored) }
            let fake = FakeStatus(mode: mode, rdev: device, status: try System.status(of: file))
            try System.setAttribute(FakeStatus.attribute, of: file, to: fake.text)
            try System.changeMode(ofOpen: file, FakeStatus.storedPermissions(mode.permissions, isDirectory: false))
        } catch {
            // Without its attribute the file would pass for a regular one. The first error is the one to tell.
            try? System.remove(place.directory, place.name, isDirectory: false)
            throw error
        }
    }

    func recordPretence(_ fake: FakeStatus, _ handle: Descriptor, _ place: Place) throws(SystemError) {
        let real = try System.status(of: handle)
        guard let opened = try openForAttributes(place, as: real) else { throw .access }
        try recordPretence(fake, open: opened)
    }

    /// Writes the attribute, or removes it where the item already is what it should pretend to be (MET-135).
    func recordPretence(_ fake: FakeStatus, open file: Descriptor) throws(SystemError) {
        if fake.agrees(with: try System.status(of: file)) {
            try System.removeAttribute(FakeStatus.attribute, of: file)
        } else {
            try System.setAttribute(FakeStatus.attribute, of: file, to: fake.text)
        }
    }

    func pretend(
        _ change: AttributeChange, type: FileType, _ real: FileStatus, _ handle: Descriptor, _ place: Place
    ) throws(SystemError) -> [AttributeFailure] {
        if let opened = try openForAttributes(place, as: real) {
            return try pretend(change, type: type, open: opened)
        }
        // A real symlink or node from before fake mode: it carries no attribute, only its times can be set.
        guard real.mode.type == type else { throw .invalid }
        var tries = AttributeTries()
        guard change.uid == nil, change.gid == nil else {
            _ = tries.make(.record) { () throws(SystemError) in throw .notSupported }
            return tries.failures
        }
        if change.setsTime {
            _ = tries.make(.times) { () throws(SystemError) in try setTimes(handle, place, of: real, change) }
        }
        return tries.failures
    }

    /// `type` nil: whatever it is.
    func pretend(_ change: AttributeChange, type: FileType?, open file: Descriptor) throws(SystemError) -> [AttributeFailure] {
        var tries = AttributeTries()
        let real = try System.status(of: file)
        let now = try pretended(real, open: file)
        guard type == nil || now.mode.type == type, let nowType = now.mode.type else { throw .invalid }
        let permissions = nowType == .symlink ? now.mode.permissions : change.permissions ?? now.mode.permissions
        let fake = FakeStatus(
            mode: FileMode(nowType, permissions: permissions), rdev: now.rdev, uid: change.uid ?? now.uid,
            gid: change.gid ?? now.gid)
        let stored = FakeStatus.storedPermissions(permissions, isDirectory: nowType == .directory)
        if stored != real.mode.permissions {
            _ = tries.make(.permissions) { () throws(SystemError) in try System.changeMode(ofOpen: file, stored) }
        }
        _ = tries.make(.record) { () throws(SystemError) in try recordPretence(fake, open: file) }
        tries.set(change.extended, of: .open(file))
        if change.setsTime {
            _ = tries.make(.times) { () throws(SystemError) in try System.setTimes(ofOpen: file, change) }
        }
        return tries.failures
    }
}
