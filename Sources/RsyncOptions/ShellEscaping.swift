/// Protection of paths and option values from the shell at the far end (ARG-29 to ARG-35).
enum ShellEscaping {
    private static let special = Set(Array("!#$&;|<>(){}\"'` \t\n\r\\".utf8))
    private static let wildcards = Set(Array("*?[]".utf8))
    private static let backslash = UInt8(ascii: "\\")

    /// ARG-30: wildcards stay for the remote shell to expand, and a backslash before one stays single.
    static func path(_ path: [UInt8]) -> [UInt8] {
        var escaped: [UInt8] = []
        for (index, byte) in path.enumerated() {
            let keepsWildcard = byte == backslash && index + 1 < path.count && wildcards.contains(path[index + 1])
            if special.contains(byte), !keepsWildcard { escaped.append(backslash) }
            escaped.append(byte)
        }
        return escaped
    }

    /// ARG-33: wildcards too.
    static func value(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { special.contains($0) || wildcards.contains($0) ? [backslash, $0] : [$0] }
    }

    /// ARG-31: whether a requested path's leading `~` means a name and not a home directory.
    static func isLiteralTilde(_ path: [UInt8], relative: Bool) -> Bool {
        guard path.first == UInt8(ascii: "~") else { return false }
        if !path.contains(UInt8(ascii: "/")) { return true }
        guard relative else { return false }
        let dot = Array("/./".utf8)
        return !path.indices.contains { path[$0...].starts(with: dot) }
    }

    /// ARG-32: a path that no option parser takes for an option.
    static func undashed(_ path: [UInt8]) -> [UInt8] {
        path.first == UInt8(ascii: "-") ? Array("./".utf8) + path : path
    }
}
