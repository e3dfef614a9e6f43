import RsyncProtocol
import RsyncWire
import Synchronization

/// Where the access control lists of an item are kept: attributes of the system's, or rsync's own in fake mode (MET-138).
struct AccessListNames: Sendable {
    let isFake: Bool
    let access: [UInt8]
    let initial: [UInt8]

    init(_ options: TransferOptions) {
        isFake = options.rootMode == .fake
        access = Array((isFake ? "user.rsync.%aacl" : "system.posix_acl_access").utf8)
        initial = Array((isFake ? "user.rsync.%dacl" : "system.posix_acl_default").utf8)
    }

    func contains(_ name: [UInt8]) -> Bool { name == access || name == initial }

    /// Both lists among these attributes; nil: malformed.
    func lists(_ present: [ExtendedAttribute]) -> (access: AccessList, initial: AccessList)? {
        var found = (access: AccessList(), initial: AccessList())
        for attribute in present where contains(attribute.name) {
            guard let list = isFake ? AccessList(pretended: attribute.value) : AccessList(stored: attribute.value) else {
                return nil
            }
            if attribute.name == access { found.access = list } else { found.initial = list }
        }
        return found
    }

    func value(_ list: AccessList) -> [UInt8] { isFake ? list.pretended : list.stored }
}

/// The lists that a sender has found and announced: equal ones are one (MET-123).
final class SourceAccessLists {
    private let names: AccessListNames
    private struct Cache {
        var lists: [AccessList] = []
        var numbers: [AccessList: Int32] = [:]
        /// Among those sent; -1 before.
        var wireNumbers: [Int] = []
        var sentCount = 0

        mutating func number(_ list: AccessList) -> Int32 {
            if let known = numbers[list] { return known }
            let number = Int32(lists.count)
            lists.append(list)
            wireNumbers.append(-1)
            numbers[list] = number
            return number
        }

        mutating func write(_ number: Int32, _ encoder: inout FileListEncoder, to writer: inout ByteWriter) {
            let index = Int(number)
            if wireNumbers[index] >= 0 { return AccessListWire.write(reference: wireNumbers[index], to: &writer) }
            encoder.encode(lists[index], into: &writer)
            wireNumbers[index] = sentCount
            sentCount += 1
        }
    }

    private var access = Cache()
    private var initial = Cache()

    init(_ options: TransferOptions) { names = AccessListNames(options) }

    /// Gives an entry the numbers of its lists; false: what it has is malformed.
    func number(_ entry: inout FileEntry, _ path: RelativePath, in tree: any SourceTree) throws(FileError) -> Bool {
        let names = names
        let present = try tree.extendedAttributes(of: path) { names.contains($0) }
        guard let found = names.lists(present) else { return false }
        entry.accessList = access.number(found.access.stripped(mode: entry.mode))
        if entry.isDirectory { entry.defaultList = initial.number(found.initial) }
        return true
    }

    /// For types whose lists are not transferred (MET-132).
    func numberNone(_ entry: inout FileEntry) {
        entry.accessList = access.number(AccessList())
        if entry.isDirectory { entry.defaultList = initial.number(AccessList()) }
    }

    /// The field of an entry (MET-121).
    func write(_ entry: FileEntry, _ encoder: inout FileListEncoder, to writer: inout ByteWriter) {
        guard entry.accessList >= 0 else { return }
        access.write(entry.accessList, &encoder, to: &writer)
        if entry.isDirectory { initial.write(entry.defaultList, &encoder, to: &writer) }
    }
}

/// The lists that a sender has announced. They arrive on the receiver's thread; both threads compare and apply.
final class ReceivedAccessLists: Sendable {
    private struct Caches: Sendable {
        var access: [AccessList] = []
        var initial: [AccessList] = []
        var namedCount = 0
    }

    private let names: AccessListNames
    private let mapper: IdentityMapper
    private let caches = Mutex(Caches())
    /// Named entries of all lists together: a session has few lists, and a peer is not to fill the memory with them.
    private static let largestTotal = 1 << 24

    init(_ options: TransferOptions, _ mapper: IdentityMapper) {
        names = AccessListNames(options)
        self.mapper = mapper
    }

    // MARK: Arrival

    /// The field of an entry (MET-121).
    func read(_ entry: inout FileEntry, _ connection: Connection) throws(SessionError) {
        guard !entry.mode.isSymlink else { return }
        entry.accessList = try readList(connection, \.access)
        if entry.isDirectory { entry.defaultList = try readList(connection, \.initial) }
    }

    private func readList(
        _ connection: Connection, _ cache: WritableKeyPath<Caches, [AccessList]>
    ) throws(SessionError) -> Int32 {
        let known = caches.withLock { $0[keyPath: cache].count }
        let start = try connection.input.parse { reader throws(WireError) in
            try AccessListWire.readStart(&reader, known: known)
        }
        guard case .literal(var list, let count) = start else {
            guard case .known(let number) = start else { return -1 }
            return Int32(number)
        }
        for _ in 0..<count {
            let (named, name) = try connection.input.parse { reader throws(WireError) in
                try AccessListWire.readNamed(&reader)
            }
            if let name { named.isUser ? mapper.learn(user: named.id, name: name) : mapper.learn(group: named.id, name: name) }
            list.named.append(named)
        }
        let total = caches.withLock { [list] caches in
            caches[keyPath: cache].append(list)
            caches.namedCount += count
            return caches.namedCount
        }
        guard total <= Self.largestTotal, known < Int(Int32.max) else {
            throw .protocolViolation("access control lists of more than \(Self.largestTotal) names [HOS-182]")
        }
        return Int32(known)
    }

    // MARK: Comparison and application

    func isKept(_ name: [UInt8]) -> Bool { names.contains(name) }

    func present(_ path: RelativePath, in tree: any SourceTree) throws(FileError) -> [ExtendedAttribute] {
        let names = names
        return try tree.extendedAttributes(of: path) { names.contains($0) }
    }

    /// The lists of an entry with ids of this machine (MET-131).
    private func wanted(_ entry: FileEntry) -> (access: AccessList, initial: AccessList)? {
        guard entry.accessList >= 0 else { return nil }
        let (access, initial) = caches.withLock { caches in
            (
                caches.access[Int(entry.accessList)],
                entry.defaultList >= 0 ? caches.initial[Int(entry.defaultList)] : AccessList()
            )
        }
        return (mapped(access.masked(mode: entry.mode)), mapped(initial.masked(mode: nil)))
    }

    private func mapped(_ list: AccessList) -> AccessList {
        guard !list.named.isEmpty else { return list }
        var list = list
        for index in list.named.indices {
            let id = list.named[index].id
            list.named[index].id = list.named[index].isUser ? mapper.localUser(id) : mapper.mappedGroup(id)
        }
        return list
    }

    /// Whether an item with these attributes differs from the entry (MET-72, MET-129). What is malformed differs.
    func differs(_ entry: FileEntry, from present: [ExtendedAttribute]) -> Bool {
        guard let wanted = wanted(entry) else { return false }
        guard let now = names.lists(present) else { return true }
        return !wanted.access.isEnough(now.access, mode: entry.mode) || entry.isDirectory && wanted.initial != now.initial
    }

    /// What gives an item the entry's lists. `permissions`: those that it will have.
    func change(
        _ entry: FileEntry, from present: [ExtendedAttribute], permissions: UInt32
    ) -> ExtendedAttributeChange {
        var change = ExtendedAttributeChange()
        guard let wanted = wanted(entry) else { return change }
        let now = names.lists(present)
        func put(_ name: [UInt8], _ list: AccessList, isWanted: Bool) {
            if isWanted {
                change.set.append(ExtendedAttribute(name: name, value: names.value(list)))
            } else if present.contains(where: { $0.name == name }) {
                change.remove.append(name)
            }
        }
        if now.map({ !wanted.access.isEnough($0.access, mode: entry.mode) }) ?? true {
            let list = names.isFake ? wanted.access : wanted.access.completed(permissions: permissions)
            put(names.access, list, isWanted: wanted.access.mask != nil || !wanted.access.named.isEmpty)
        }
        if entry.isDirectory, wanted.initial != now?.initial {
            put(names.initial, wanted.initial, isWanted: wanted.initial.user != nil)
        }
        return change
    }
}
