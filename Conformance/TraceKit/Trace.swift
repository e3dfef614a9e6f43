/// The bytes of one whole session between two rsync programs, in both directions, and what is known about it.
public struct Trace: Sendable, Equatable {
    /// Which way bytes went. The client is the side that started the other.
    public enum Direction: Sendable, Equatable, CaseIterable {
        /// Written `>` in the text form.
        case toServer
        /// Written `<` in the text form.
        case toClient

        public var opposite: Direction { self == .toServer ? .toClient : .toServer }
    }

    /// Bytes that went one way before any went the other. Two neighbours never have the same direction.
    public struct Segment: Sendable, Equatable {
        public let direction: Direction
        public internal(set) var bytes: [UInt8]
    }

    public var header: TraceHeader
    private var recording: Recording

    public init(header: TraceHeader, recording: Recording = Recording()) {
        self.header = header
        self.recording = recording
    }

    public var segments: [Segment] { recording.segments }

    /// Adds bytes at the end; an empty addition changes nothing.
    public mutating func append(_ bytes: some Collection<UInt8>, _ direction: Direction) {
        recording.append(bytes, direction)
    }

    /// Everything that went one way, in order.
    public func bytes(_ direction: Direction) -> [UInt8] {
        segments.reduce(into: []) { if $1.direction == direction { $0.append(contentsOf: $1.bytes) } }
    }
}

extension Trace {
    /// Segments as they are gathered, before the header is known.
    public struct Recording: Sendable, Equatable {
        public private(set) var segments: [Segment] = []

        public init() {}

        public mutating func append(_ bytes: some Collection<UInt8>, _ direction: Direction) {
            guard !bytes.isEmpty else { return }
            if let last = segments.indices.last, segments[last].direction == direction {
                segments[last].bytes.append(contentsOf: bytes)
            } else {
                segments.append(Segment(direction: direction, bytes: [UInt8](bytes)))
            }
        }
    }
}

/// What the head of a trace file tells.
public struct TraceHeader: Sendable, Equatable {
    /// The program at both ends, or at the server's end: `rsync`, `rsync_bpc`.
    public var peer: String
    /// Its release, such as `3.1.3`.
    public var version: String
    /// The program at the client's end, as NAME-VERSION, where that is another one.
    public var client: String?
    /// What the client does with the files.
    public var role: Role
    /// The number agreed upon (SES-32).
    public var protocolNumber: Int32
    /// The server's arguments, without the program's name.
    public var arguments: [[UInt8]]
    /// The client's options, where they are known.
    public var options: [[UInt8]]
    /// The tree that is sent and what the destination held before, as archives or recipes; nil = nothing known of the
    /// source, or a destination that did not exist.
    public var sourceTree: String?
    public var destinationTree: String?
    /// What stood beside source and destination: a third directory, a file of names.
    public var besideTree: String?
    /// What was done to the trees under way.
    public var interference: Interference?
    /// The client's exit status.
    public var exitStatus: Int32?
    /// What the client said on its standard error.
    public var errorOutput: [UInt8]
    /// Whether the order of bytes across the two directions is the one they passed in. Otherwise each direction
    /// stands in one piece.
    public var isInterleaved: Bool
    /// What is not as it was recorded: `names`, `contents`, `literals`, `cut`. Such a trace can be looked at, not replayed.
    public var losses: [String] = []

    /// Happens when the generator's first wish has been written and before it is passed on: the list is through, and no file
    /// has been opened to be sent. Whether the sums of a file that is altered were made before is the generator's pace.
    public struct Interference: Sendable, Equatable {
        public enum Deed: String, Sendable, CaseIterable {
            /// The file is gone.
            case remove
            /// All bits of its first byte change; its length and times do not.
            case alter
        }

        public var deed: Deed
        /// Below the directory that holds `src` and `dst`.
        public var path: String

        public init(_ deed: Deed, _ path: String) {
            self.deed = deed
            self.path = path
        }
    }

    public enum Role: String, Sendable, CaseIterable {
        /// The client sends.
        case push
        /// The server sends.
        case pull
    }

    public init(
        peer: String, version: String, role: Role, protocolNumber: Int32, arguments: [[UInt8]], options: [[UInt8]] = [],
        sourceTree: String? = nil, destinationTree: String? = nil, exitStatus: Int32? = nil, errorOutput: [UInt8] = [],
        isInterleaved: Bool
    ) {
        self.peer = peer
        self.version = version
        self.role = role
        self.protocolNumber = protocolNumber
        self.arguments = arguments
        self.options = options
        self.sourceTree = sourceTree
        self.destinationTree = destinationTree
        self.exitStatus = exitStatus
        self.errorOutput = errorOutput
        self.isInterleaved = isInterleaved
    }
}
