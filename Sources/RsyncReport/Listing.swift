import RsyncProtocol

/// The lines of a listing (FLS-142 to FLS-146).
public struct Listing: Sendable {
    public let numbers: HumanNumber
    public let escaping: NameEscaping
    /// Show where symlinks lead (`-l`).
    public let showsLinkTargets: Bool
    /// Show access times (`-U`); directories have none.
    public let showsAccessTimes: Bool
    public let zone: LocalTime.ZoneOffset

    public init(
        humanReadable: Int, escaping: NameEscaping, showsLinkTargets: Bool, showsAccessTimes: Bool = false,
        zone: @escaping LocalTime.ZoneOffset
    ) {
        self.showsAccessTimes = showsAccessTimes
        numbers = HumanNumber(level: humanReadable)
        self.escaping = escaping
        self.showsLinkTargets = showsLinkTargets
        self.zone = zone
    }

    /// One entry, without a newline. Lengths of devices and specials are 0 on the wire and shown as such.
    public func line(_ entry: FileEntry) -> [UInt8] {
        let width = numbers.level == 0 ? 11 : 14
        var name = entry.name
        if entry.mode.type == .missing {
            let blank = 10 + 1 + width + 20 - "*missing".utf8.count
            return Array(("*missing" + String(repeating: " ", count: blank) + " ").utf8) + escaping.escape(name)
        }
        if entry.mode.isSymlink, showsLinkTargets { name += Array(" -> ".utf8) + entry.linkTarget }
        let start =
            "\(ModeString.text(entry.mode)) \(rightAligned(numbers.text(entry.length), width)) "
            + LocalTime(entry.mtime, offset: zone).text + " " + accessTime(entry)
        return Array(start.utf8) + escaping.escape(name)
    }

    private func accessTime(_ entry: FileEntry) -> String {
        guard showsAccessTimes else { return "" }
        return entry.mode.isDirectory ? String(repeating: " ", count: 20) : LocalTime(entry.atime, offset: zone).text + " "
    }
}

/// Type and permissions in ten characters (FLS-144).
public enum ModeString {
    public static func text(_ mode: FileMode) -> String {
        let letter: Character =
            switch mode.type {
            case .directory: "d"
            case .symlink: "l"
            case .blockDevice: "b"
            case .characterDevice: "c"
            case .socket: "s"
            case .fifo: "p"
            case .regular, .missing, nil: "-"
            }
        let bits = mode.permissions
        var text = String(letter)
        for (shift, special, letter) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] as [(UInt32, UInt32, String)] {
            text += bits >> shift & 4 != 0 ? "r" : "-"
            text += bits >> shift & 2 != 0 ? "w" : "-"
            let isExecutable = bits >> shift & 1 != 0
            if bits & special != 0 {
                text += isExecutable ? letter : letter.uppercased()
            } else {
                text += isExecutable ? "x" : "-"
            }
        }
        return text
    }
}
