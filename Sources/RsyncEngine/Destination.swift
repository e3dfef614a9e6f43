import RsyncProtocol
import RsyncWire

/// Where a receiving side puts things, as decided once the first file list is known (FLS-118).
public struct Destination: Sendable {
    public let tree: any DestinationTree
    /// The destination argument names one file: the only entry gets this name (MET-110 forbids deletion then).
    public let singleName: [UInt8]?
    /// `--link-dest`, `--copy-dest` or `--compare-dest` directories, in order (MET-88).
    public let alternates: [any DestinationTree]
    /// Where an absolute `--partial-dir` is (MET-84).
    public var partial: Annex?
    /// `--backup-dir` (MET-96).
    public var backup: Annex?
    /// `--temp-dir` (MET-76).
    public var temporary: (any DestinationTree)?
    /// What that is called, for messages; relative to `place`.
    public var temporaryWords: [UInt8] = []
    /// A dry run whose destination does not exist: nothing is there (MET-16 step 4).
    public let isAbsent: Bool
    /// The destination directory was made for this run: its own entry counts as new.
    public let wasCreated: Bool
    /// What the user is to be told before anything else.
    public let notices: [Notice]
    /// Its path, for messages; empty where nobody could look.
    public let place: [UInt8]
    /// Absolute path of the tree's root, for rules that are about it (FLT-50).
    public let transferRoot: [UInt8]

    /// A directory beside the tree or in it that is made when it is first needed.
    public struct Annex: Sendable {
        public let tree: any DestinationTree
        public let directory: RelativePath
        /// As the user wrote it.
        public let words: [UInt8]
        /// How parts lie in it.
        public let layout: Layout

        public enum Layout: Sendable {
            /// All side by side, as rsync does it.
            case flat
            /// Each under the path of its file, so that files of one name do not get into each other's way. `hasParts`:
            /// whether any are there from an earlier session; without, nobody looks.
            case byPath(hasParts: Bool)
        }

        public init(tree: any DestinationTree, directory: RelativePath, words: [UInt8], layout: Layout = .flat) {
            self.tree = tree
            self.directory = directory
            self.words = words
            self.layout = layout
        }
    }

    public struct Notice: Sendable {
        public let kind: SessionEvent.TextKind
        public let text: MessageText

        public init(_ kind: SessionEvent.TextKind, _ text: MessageText) {
            self.kind = kind
            self.text = text
        }
    }

    public init(
        tree: any DestinationTree, singleName: [UInt8]? = nil, alternates: [any DestinationTree] = [],
        isAbsent: Bool = false, wasCreated: Bool = false, notices: [Notice] = [],
        place: [UInt8] = [], transferRoot: [UInt8] = [0x2f]
    ) {
        self.tree = tree
        self.singleName = singleName
        self.alternates = alternates
        self.isAbsent = isAbsent
        self.wasCreated = wasCreated
        self.notices = notices
        self.transferRoot = transferRoot
        self.place = place
    }

    /// The local path of a name on the wire. A leading slash (`-R`) is dropped (FLS-102); the decoder has refused
    /// everything else that could point outside, and this type refuses it again.
    func path(_ name: [UInt8]) throws(SessionError) -> RelativePath {
        let local = singleName ?? name
        let trimmed = local.first == 0x2f ? [UInt8](local.drop { $0 == 0x2f }) : local
        do throws(RelativePath.Defect) {
            return try RelativePath(cleaning: trimmed)
        } catch {
            throw SessionError(exitCode: 4, "the file list holds a name that must not be used: \(quoted(name)) [FLS-93]")
        }
    }
}

/// What the destination argument means depends on the first list: asked once, when it is known.
public protocol DestinationOpener: AnyObject, Sendable {
    /// `entryCount` and `first` describe the first list: active entries, and the first of them.
    func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination
    /// The destination argument as it was given, for messages.
    var words: [UInt8] { get }
}

extension DestinationOpener {
    public var words: [UInt8] { [] }
}
