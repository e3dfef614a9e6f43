/// What must come of a case.
public struct Expectation: Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case completes
        /// Ends by itself, and not with 0.
        case refuses
        /// Either, but by itself.
        case ends
    }

    /// Exit codes allowed.
    public struct Codes: Sendable, Equatable {
        public let allowed: Set<Int32>

        public init(_ allowed: some Sequence<Int32>) { self.allowed = Set(allowed) }

        /// HOS section 0.3: what any implementation may make of an attack.
        public static let hostile = Codes([1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 19, 20, 22, 23, 25, 30])
        public static let success = Codes([0])

        public var description: String { allowed.sorted().map { String($0) }.joined(separator: ", ") }
    }

    /// A tree afterwards.
    public enum Tree: Sendable {
        /// What the options make of the source.
        case source
        case unchanged
        case exactly(TreeDescription)
        case partly(has: TreeDescription, lacks: [[UInt8]])
        /// It does not exist.
        case absent
        case any
    }

    /// Of what the target wrote, as `trace show` names it. What is said of value and bytes chooses among the fields of
    /// the name; the rest is said of those chosen.
    public struct Field: Sendable {
        public var name: String
        /// What the field says, exactly or as a regular expression.
        public var value: String?
        public var matches: String?
        /// A regular expression over its bytes in lower-case hexadecimal, without spaces.
        public var bytes: String?
        /// How many there are; without `count`, `least` and `isAbsent` at least one.
        public var count: Int?
        public var least: Int?
        public var isAbsent = false
        /// One of those chosen stands before the first of these.
        public var before: [Field] = []
        /// Regular expressions that values of the chosen fields fit in this order, others in between or not.
        public var order: [String] = []
        public var isMust = true
    }

    /// What a client's remote shell was told.
    public struct Arguments: Sendable {
        /// Of the words behind the program, as the client gave them, before any shell saw them.
        public var equals: [[UInt8]]?
        public var has: [[UInt8]] = []
        public var lacks: [[UInt8]] = []
        /// Over the words joined by one space.
        public var matches: String?
        public var isMust = true
    }

    /// A text, and what it contains or does not.
    public struct Text: Sendable {
        public var equals: [UInt8]?
        public var contains: [[UInt8]] = []
        public var lacks: [[UInt8]] = []
        public var matches: String?
        public var isMust: Bool
    }

    /// Of the target's data behind the demultiplexer.
    public enum Bytes: Sendable {
        case exactly([[UInt8]])
        case sha256(String)
    }

    public var outcome: Outcome
    public var exit: Codes?
    /// nil: what fits outcome and peer.
    public var tree: Tree?
    /// Besides what the options do not preserve.
    public var ignore: Set<Aspect> = []
    public var sourceTree: Tree
    public var beside: Tree
    public var fields: [Field] = []
    public var arguments: Arguments?
    /// The words before the program: the host, and what there is with it.
    public var host: [[UInt8]]?
    public var bytes: Bytes?
    public var says: [Text] = []
    public var prints: [Text] = []
    /// How the well-behaved peer ends; nil: what fits the outcome.
    public var peerExit: Codes?
    public var seconds: Double
    public var mebibytes: Int

    public static let usualSeconds = 20.0
    public static let usualMebibytes = 512

    /// The exit codes that count, whether the case names them or not.
    public var allowedCodes: Codes? {
        if let exit { return exit }
        return switch outcome {
        case .completes: .success
        case .refuses: .hostile
        case .ends: nil
        }
    }

    /// What a comparison of trees can leave out.
    public enum Aspect: String, Sendable, CaseIterable {
        case owners, permissions, times, nanoseconds
        case directoryTimes = "directory-times"
        case symlinkTimes = "symlink-times"
        case hardLinks = "hard-links"
        case xattrs, acls
        /// The root directory's own attributes.
        case root
    }
}
