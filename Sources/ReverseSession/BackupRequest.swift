/// What the agent asks for: the command of the ssh session, `SSH_ORIGINAL_COMMAND` at the gate (REV-1 to REV-7).
///
///     backup root=/home root=/etc exclude=%2A.o want=hard-links timeout=600
public struct BackupRequest: Sendable, Equatable {
    /// REV-6.
    public enum Wish: String, Sendable, CaseIterable {
        case checksum
        case dryRun = "dry-run"
        case hardLinks = "hard-links"
        case ignoreTimes = "ignore-times"
        case numericIds = "numeric-ids"
        case oneFileSystem = "one-file-system"
        case wholeFile = "whole-file"
    }

    /// A filter pattern; the first that matches decides.
    public struct Pattern: Sendable, Equatable {
        public var isExclude: Bool
        public var bytes: [UInt8]

        public init(isExclude: Bool, bytes: [UInt8]) {
            self.isExclude = isExclude
            self.bytes = bytes
        }
    }

    /// Absolute and clean (REV-5), in the order given.
    public let roots: [[UInt8]]
    public let patterns: [Pattern]
    public let wishes: Set<Wish>
    /// Seconds; nil leaves it to the gate.
    public let timeout: Int32?

    /// REV-4: half of what one environment variable can hold on Linux.
    public static let maximumLength = 65_536
    /// REV-2: more roots than this are better named by their parent.
    public static let maximumRoots = 64
    /// REV-2: bounds what the gate sends on as filter rules.
    public static let maximumPatterns = 1024
    /// REV-2.
    public static let maximumWishes = 16
    /// REV-3: the longest path of Linux.
    public static let maximumValueLength = 4095

    /// Refuses what the grammar could not carry or REV-5 forbids.
    public init(
        roots: [[UInt8]], patterns: [Pattern] = [], wishes: Set<Wish> = [], timeout: Int32? = nil
    ) throws(RequestDefect) {
        guard !roots.isEmpty else { throw RequestDefect("no root is named", clause: "REV-2") }
        guard roots.count <= Self.maximumRoots else {
            throw RequestDefect("more than \(Self.maximumRoots) roots", clause: "REV-2")
        }
        guard patterns.count <= Self.maximumPatterns else {
            throw RequestDefect("more than \(Self.maximumPatterns) patterns", clause: "REV-2")
        }
        for root in roots { try Self.check(root: root) }
        guard Set(roots).count == roots.count else { throw RequestDefect("a root is named twice", clause: "REV-5") }
        for pattern in patterns { try Self.check(value: pattern.bytes, what: "pattern") }
        if let timeout, timeout < 0 || timeout > 99_999 {
            throw RequestDefect("the timeout is not in 0...99999 seconds", clause: "REV-2")
        }
        self.roots = roots
        self.patterns = patterns
        self.wishes = wishes
        self.timeout = timeout
        guard encodedLength <= Self.maximumLength else {
            throw RequestDefect("the request has more than \(Self.maximumLength) bytes", clause: "REV-4")
        }
    }

    private static func check(value: [UInt8], what: String) throws(RequestDefect) {
        guard !value.isEmpty else { throw RequestDefect("an empty \(what)", clause: "REV-3") }
        guard value.count <= maximumValueLength else {
            throw RequestDefect("a \(what) of more than \(maximumValueLength) bytes", clause: "REV-3")
        }
        guard !value.contains(where: isControl) else {
            throw RequestDefect("a control character in \(what) \"\(quoted(value))\"", clause: "REV-3")
        }
    }

    private static func check(root: [UInt8]) throws(RequestDefect) {
        try check(value: root, what: "root")
        guard root[0] == UInt8(ascii: "/") else {
            throw RequestDefect("root \"\(quoted(root))\" is not absolute", clause: "REV-5")
        }
        if root.count == 1 { return }
        for component in root.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        where component.isEmpty || component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
            throw RequestDefect("root \"\(quoted(root))\" is not in its plain form", clause: "REV-5")
        }
    }
}

/// Why a request cannot be sent or understood.
public struct RequestDefect: Error, Sendable, Equatable, CustomStringConvertible {
    public let reason: String
    public let clause: StaticString

    @inline(never)
    init(_ reason: String, clause: StaticString) {
        self.reason = reason
        self.clause = clause
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.reason == right.reason && left.clause.description == right.clause.description
    }
    public var description: String { "\(reason) (\(clause))" }
}

// The written form.
extension BackupRequest {
    /// The command for ssh: plain ASCII, words separated by one space.
    public var encoded: [UInt8] {
        var fields: [[UInt8]] = roots.map { [UInt8]("root=".utf8) + PercentEncoding.encode($0) }
        for pattern in patterns {
            fields.append([UInt8]((pattern.isExclude ? "exclude=" : "include=").utf8) + PercentEncoding.encode(pattern.bytes))
        }
        for wish in Wish.allCases where wishes.contains(wish) { fields.append([UInt8]("want=\(wish.rawValue)".utf8)) }
        if let timeout { fields.append([UInt8]("timeout=\(timeout)".utf8)) }
        return [UInt8](([[UInt8]("backup".utf8)] + fields).joined(separator: " ".utf8))
    }

    private var encodedLength: Int { encoded.count }

    /// Reads the value of `SSH_ORIGINAL_COMMAND`.
    public init(parsing command: [UInt8]) throws(RequestDefect) {
        guard command.count <= Self.maximumLength else {
            throw RequestDefect("the request has more than \(Self.maximumLength) bytes", clause: "REV-4")
        }
        let words = command.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words[0].elementsEqual("backup".utf8) else {
            throw RequestDefect("unknown request \"\(quoted(words[0], limit: 64))\"", clause: "REV-2")
        }
        var roots: [[UInt8]] = []
        var patterns: [Pattern] = []
        var wishes: Set<Wish> = []
        var wishCount = 0
        var timeout: Int32?
        for word in words.dropFirst() {
            guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else {
                throw RequestDefect("\"\(quoted(word, limit: 64))\" is not KEY=VALUE", clause: "REV-2")
            }
            let key = String(decoding: word[..<equals], as: UTF8.self)
            let text = word[(equals + 1)...]
            switch key {
            case "root": roots.append(try Self.value(text))
            case "exclude", "include": patterns.append(Pattern(isExclude: key == "exclude", bytes: try Self.value(text)))
            case "want":
                wishCount += 1
                guard wishCount <= Self.maximumWishes, let wish = Wish(rawValue: String(decoding: text, as: UTF8.self)) else {
                    throw RequestDefect("unknown wish \"\(quoted(text, limit: 64))\"", clause: "REV-6")
                }
                guard wishes.insert(wish).inserted else {
                    throw RequestDefect("wish \(wish.rawValue) is given twice", clause: "REV-6")
                }
            case "timeout":
                guard timeout == nil, (1...5).contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }),
                    let seconds = Int32(String(decoding: text, as: UTF8.self))
                else { throw RequestDefect("timeout \"\(quoted(text, limit: 64))\"", clause: "REV-2") }
                timeout = seconds
            default: throw RequestDefect("unknown field \"\(quoted(word[..<equals], limit: 64))\"", clause: "REV-2")
            }
        }
        try self.init(roots: roots, patterns: patterns, wishes: wishes, timeout: timeout)
    }

    private static func value(_ text: ArraySlice<UInt8>) throws(RequestDefect) -> [UInt8] {
        guard let value = PercentEncoding.decode(text) else {
            throw RequestDefect("badly encoded value \"\(quoted(text, limit: 64))\"", clause: "REV-3")
        }
        return value
    }
}
