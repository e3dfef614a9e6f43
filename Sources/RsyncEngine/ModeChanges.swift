import RsyncProtocol

/// What `--chmod` makes of a mode (MET-116 to MET-120). Symlinks and missing entries keep theirs.
public struct ModeChanges: Sendable, Equatable {
    private var items: [Item] = []

    /// One item, its letters resolved.
    private struct Item: Sendable, Equatable {
        enum Scope: Sendable { case all, directories, others }
        enum Operation: Sendable { case add, remove, assign, octal }
        var scope = Scope.all
        var operation = Operation.assign
        /// Classes as a mask of x bits: 0100, 0010, 0001.
        var classes: UInt32 = 0
        /// Bits that come or go, special ones included. Octal: the whole value.
        var bits: UInt32 = 0
        /// What `=` clears first.
        var cleared: UInt32 = 0
        /// `X`: x bits of these classes, where anybody could execute.
        var conditional: UInt32 = 0
        /// The shift that brings the copied class's bits to the place of others; nil: nothing is copied.
        var copied: UInt32?
        /// Bits that the umask leaves to an item without classes.
        var allowed: UInt32 = 0o7777
    }

    public init() {}

    /// Adds the items of one `--chmod`. False when it is malformed.
    public mutating func add(_ text: [UInt8], umask: UInt32) -> Bool {
        for word in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let item = Self.item(word, umask: umask) else { return false }
            items.append(item)
        }
        return true
    }

    private static func item(_ word: ArraySlice<UInt8>, umask: UInt32) -> Item? {
        var item = Item()
        var rest = word
        var classes: UInt32 = 0
        var special: (user: Bool, group: Bool) = (false, false)
        while let letter = rest.first {
            switch letter {
            case UInt8(ascii: "D"):
                guard item.scope != .others else { return nil }
                item.scope = .directories
            case UInt8(ascii: "F"):
                guard item.scope != .directories else { return nil }
                item.scope = .others
            case UInt8(ascii: "u"):
                classes |= 0o100
                special.user = true
            case UInt8(ascii: "g"):
                classes |= 0o010
                special.group = true
            case UInt8(ascii: "o"): classes |= 0o001
            case UInt8(ascii: "a"):
                classes |= 0o111
                special = (true, true)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                guard classes == 0 else { return nil }
                return octal(rest, item)
            case UInt8(ascii: "+"): item.operation = .add
            case UInt8(ascii: "-"): item.operation = .remove
            case UInt8(ascii: "="): item.operation = .assign
            default: return nil
            }
            rest = rest.dropFirst()
            if letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") || letter == UInt8(ascii: "=") {
                return permissions(rest, item, classes, special, umask: umask)
            }
        }
        return nil
    }

    private static func octal(_ digits: ArraySlice<UInt8>, _ scope: Item) -> Item? {
        var item = scope
        item.operation = .octal
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            item.bits = item.bits << 3 | UInt32(digit - UInt8(ascii: "0"))
            guard item.bits <= 0o7777 else { return nil }
        }
        return item
    }

    private static func permissions(
        _ letters: ArraySlice<UInt8>, _ start: Item, _ classes: UInt32, _ who: (user: Bool, group: Bool), umask: UInt32
    ) -> Item? {
        var item = start
        item.classes = classes == 0 ? 0o111 : classes
        if classes == 0 { item.allowed = 0o7777 & ~umask }
        // Neither u nor g: the special bit is setuid.
        let setIds: UInt32 = who.user || who.group ? (who.user ? 0o4000 : 0) | (who.group ? 0o2000 : 0) : 0o4000
        if let first = letters.first, "ugo".utf8.contains(first) {
            guard letters.count == 1 else { return nil }
            item.copied = first == UInt8(ascii: "u") ? 6 : first == UInt8(ascii: "g") ? 3 : 0
            item.cleared = item.classes * 7
            item.cleared |= (item.classes & 0o100 != 0 ? 0o4000 : 0) | (item.classes & 0o010 != 0 ? 0o2000 : 0)
            item.cleared |= item.classes & 0o001 != 0 ? 0o1000 : 0
            return item
        }
        var special: UInt32 = 0
        for letter in letters {
            switch letter {
            case UInt8(ascii: "r"): item.bits |= item.classes * 4
            case UInt8(ascii: "w"): item.bits |= item.classes * 2
            case UInt8(ascii: "x"): item.bits |= item.classes
            case UInt8(ascii: "X"): item.conditional = item.classes & item.allowed
            case UInt8(ascii: "s"): special |= setIds
            case UInt8(ascii: "t"): special |= 0o1000
            default: return nil
            }
        }
        // Beside an X a plain x means no more than the X.
        if item.conditional != 0 { item.bits &= ~0o111 }
        item.bits = item.bits & item.allowed | special
        item.cleared = item.classes * 7 | (special == 0 ? 0 : (who.user ? 0o4000 : 0) | (who.group ? 0o2000 : 0)) | special
        return item
    }

    /// The mode with every item applied in order.
    public func applied(to mode: FileMode) -> FileMode {
        guard let type = mode.type, type != .symlink, type != .missing else { return mode }
        let isDirectory = type == .directory
        let executes = isDirectory || mode.permissions & 0o111 != 0
        var permissions = mode.permissions
        for item in items where item.scope == .all || (item.scope == .directories) == isDirectory {
            var bits = item.bits | (executes ? item.conditional : 0)
            if let shift = item.copied { bits = item.classes * (permissions >> shift & 7) & item.allowed }
            switch item.operation {
            case .add: permissions |= bits
            case .remove: permissions &= ~bits
            case .assign: permissions = permissions & ~item.cleared | bits
            case .octal: permissions = bits
            }
        }
        return FileMode(type, permissions: permissions)
    }
}
