import RsyncWire

/// What a name of a file list may look like (FLS-46, FLS-93).
public enum FileNameRules {
    /// MAXPATH of Linux, with the terminating NUL: names and symlink targets are shorter (FLS-46, FLS-67).
    static let maximumPath = 4096
    /// The shared-prefix length is one byte (FLS-43).
    static let longestSharedPrefix = 255

    private static let slash: UInt8 = 0x2f
    private static let dot: UInt8 = 0x2e

    /// Checks 2, 3, 4, 5 of FLS-93 on a name as it came. An empty name passes (check 6).
    static func cleaned(_ raw: [UInt8], relative: Bool, offset: Int) throws(WireError) -> [UInt8] {
        guard let first = raw.first else { return raw }
        guard !holdsNul(raw.span) || Knob.acceptsNulInNames.isOn else {
            throw WireError(.forbiddenName, field: "suffix", clause: "FLS-93.5", offset: offset, exitCode: 22)
        }
        let isAbsolute = first == slash
        guard !isAbsolute || relative || Knob.acceptsAbsoluteNames.isOn else {
            throw WireError(.forbiddenName, field: "suffix", clause: "FLS-93.2", offset: offset, exitCode: 4)
        }
        guard needsCleaning(raw.span) else { return raw }
        var result: [UInt8] = isAbsolute ? [slash] : []
        for component in raw.split(separator: slash) {
            if component.elementsEqual([dot]) { continue }
            guard !component.elementsEqual([dot, dot]) || Knob.acceptsDotDot.isOn else {
                throw WireError(.forbiddenName, field: "suffix", clause: "FLS-93.3", offset: offset, exitCode: 4)
            }
            if let last = result.last, last != slash { result.append(slash) }
            result.append(contentsOf: component)
        }
        // A lone "." stays, and so does "/." (check 4).
        if result.isEmpty || result == [slash] { result.append(dot) }
        return result
    }

    /// The same of a name that a conversion has made of one that passed (HOS-113): it has as many components as that had,
    /// and all is still well with each.
    public static func allows(_ converted: [UInt8], madeOf original: [UInt8], relative: Bool) -> Bool {
        guard !converted.isEmpty, converted.count < maximumPath,
            converted.count(where: { $0 == slash }) == original.count(where: { $0 == slash }),
            let cleaned = try? cleaned(converted, relative: relative, offset: 0)
        else { return false }
        return cleaned == converted && isRoot(converted) == isRoot(original)
    }

    /// The text of a symlink, likewise (FLS-67).
    public static func allows(target: [UInt8]) -> Bool {
        !target.isEmpty && target.count < maximumPath && !target.contains(0)
    }

    private static func holdsNul(_ name: Span<UInt8>) -> Bool {
        var found = false
        for index in 0..<name.count where name[index] == 0 { found = true }
        return found
    }

    /// Whether a component is empty, `.` or `..`: one pass, so that ordinary names cost no allocation.
    private static func needsCleaning(_ name: Span<UInt8>) -> Bool {
        var start = name[0] == slash ? 1 : 0
        for index in start..<(name.count + 1) where index == name.count || name[index] == slash {
            switch index - start {
            case 0: return true
            case 1 where name[start] == dot: return name.count != start + 1 || start > 1
            case 2 where name[start] == dot && name[start + 1] == dot: return true
            default: start = index + 1
            }
        }
        return false
    }

    /// Whether it names the root of the transfer: `.` or, under `--relative`, `/.`.
    static func isRoot(_ name: [UInt8]) -> Bool { name == [dot] || name == [slash, dot] }

    /// Whether `name` lies below the directory `ancestor`.
    static func lies(_ name: [UInt8], below ancestor: [UInt8]) -> Bool {
        name.count > ancestor.count && name[ancestor.count] == slash && name.starts(with: ancestor)
    }
}
