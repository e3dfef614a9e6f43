import RsyncWire

// What a decoder remembers from entry to entry besides the previous values.

/// The hard-link groups a sender has announced.
struct LinkGroups: Sendable {
    /// From protocol 30 on: first entries of this list by wire position, whose fields abbreviated entries take over.
    private var current: [Int32: FileEntry] = [:]
    /// Wire positions of the first entries of earlier lists, and what they are.
    private var earlier: [Int32: FileType] = [:]
    /// Below protocol 30: the number of each (device, inode), which is the wire position of its first entry.
    private var numbers: [LinkIdentity: Numbered] = [:]

    private struct Numbered: Sendable {
        var number: Int32
        var type: FileType
    }

    mutating func beginList() {
        for (position, first) in current { earlier[position] = first.mode.type }
        current = [:]
    }

    mutating func announce(_ position: Int32, _ first: FileEntry) {
        var kept = first
        kept.name = []
        kept.userName = nil
        kept.groupName = nil
        current[position] = kept
    }

    /// The first entry at a position of the current list.
    func member(_ position: Int32) -> FileEntry? { current[position] }

    /// FLS-73.
    func check(_ reference: Int32, below own: Int32, offset: Int) throws(WireError) {
        guard reference >= 0, reference < own else {
            throw WireError(
                .outOfRange, field: "hard-link reference", clause: "FLS-73", offset: offset, value: Int64(reference),
                exitCode: 2)
        }
        guard current[reference] != nil || earlier[reference] != nil else {
            throw WireError(
                .malformed, field: "hard-link reference", clause: "FLS-73", offset: offset, value: Int64(reference),
                exitCode: 2)
        }
    }

    /// The group that a reference names; nil if the first entry is of another type: then it is no link (HOS-132).
    func group(of reference: Int32, type: FileType) -> Int32? {
        (current[reference]?.mode.type ?? earlier[reference]) == type ? reference : nil
    }

    /// FLS-70: equal identities are one group, unless the types differ.
    mutating func group(of identity: LinkIdentity, type: FileType, own: Int32) -> Int32? {
        if let known = numbers[identity] { return known.type == type ? known.number : nil }
        numbers[identity] = Numbered(number: own, type: type)
        return own
    }
}

/// Which directories have their contents in the transfer: told by the flags from protocol 30 on (FLS-33), derived
/// from the order of the entries below (FLS-36).
struct ContentRule: Sendable {
    private enum Hierarchy: Sendable {
        case none, everything
        case below([UInt8])
    }

    private var hierarchy = Hierarchy.none

    mutating func apply(to entry: inout FileEntry, flags: FileEntryFlags, format: FileListFormat) {
        let isTop = flags.contains(.topDirectory)
        if format.traits.directoriesCarryContent {
            let isEmpty = flags.contains(.noContentDirectory)
            entry.hasContent = !isEmpty
            entry.isTop = !isEmpty && isTop
            entry.isImplied = isEmpty && isTop
        } else if isTop {
            entry.isTop = true
            entry.hasContent = true
            if format.recursive {
                // Cleaning has dropped a trailing "/." already.
                hierarchy = FileNameRules.isRoot(entry.name) ? .everything : .below(entry.name)
            }
        } else {
            entry.hasContent = covers(entry.name, relative: format.relative)
            if !entry.hasContent { hierarchy = .none }
        }
    }

    private func covers(_ name: [UInt8], relative: Bool) -> Bool {
        switch hierarchy {
        case .none: false
        case .everything: true
        case .below(let root): !relative || FileNameRules.lies(name, below: root)
        }
    }
}
