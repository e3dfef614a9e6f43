/// One thing that an option does, as a job that stock rsync does beside ours: same set-up, same arguments, and then the
/// trees, the exit status and what was said are compared.
struct OptionCase: Sendable {
    /// `option/what-it-does`, unique.
    let slug: String
    /// The options shown at work: long names as in `OptionTable` without dashes, or the letter of one without.
    let covers: [String]
    /// Lines for `sh -e` in an empty directory, where the job then runs: makes `src` and perhaps `dst` and more. The same
    /// each time: no random content, and fixed times where they count. What it writes into `stdin` is the job's input.
    /// `$STOCK` is a stock rsync.
    let setUp: String
    /// In these and in the paths `@DIR@` stands for the absolute path of the directory.
    let arguments: [String]
    /// Without sources and destination the job is one for `.local` alone, without a destination none for pushing.
    let sources: [String]
    let destination: String?
    let comparing: Comparison
    let protocols: [Int32]
    let roles: Set<OptionRole>
    let needsRoot: Bool
    /// Both programs run as a user who may do nothing in particular; the set-up is root's.
    let asNobody: Bool
    /// Added to the environment of all programs.
    let environment: [String: String]
    /// Compared beside the sources and the destination; `.` is everything in the directory as one tree, where hard links from
    /// one to another show.
    let extraTrees: [String]
    /// Lines for `sh` in the directory after the job, whose output is compared too: what a snapshot does not show.
    let probe: String?
    /// Why leaving the covered options out changes nothing that can be compared.
    let unobservable: String?

    init(
        _ slug: String, covers: [String], setUp: String, _ arguments: [String], sources: [String] = ["src/"],
        destination: String? = "dst/", comparing: Comparison = [.tree, .status],
        protocols: [Int32] = [27, 29, 30, 31, 32], roles: Set<OptionRole> = Set(OptionRole.allCases), needsRoot: Bool = false, asNobody: Bool = false,
        environment: [String: String] = [:], extraTrees: [String] = [], probe: String? = nil, unobservable: String? = nil
    ) {
        self.slug = slug
        self.covers = covers
        self.setUp = setUp
        self.arguments = arguments
        self.sources = sources
        self.destination = destination
        self.comparing = comparing
        self.protocols = protocols
        self.roles = roles
        self.needsRoot = needsRoot || asNobody
        self.asNobody = asNobody
        self.environment = environment
        self.extraTrees = extraTrees
        self.probe = probe
        self.unobservable = unobservable
    }

    struct Comparison: OptionSet, Sendable {
        let rawValue: Int
        /// Sources, destination and further trees.
        static let tree = Comparison(rawValue: 1)
        static let status = Comparison(rawValue: 2)
        /// The lines in any order, without rates and the like.
        static let stdout = Comparison(rawValue: 4)
        /// Whether each kind of message comes as often: its first words.
        static let stderr = Comparison(rawValue: 8)
        /// Each message whole, but for a clause behind it.
        static let wholeStderr = Comparison(rawValue: 32)
        /// The lines in their order too.
        static let orderedStdout = Comparison(rawValue: 16)
        static let everything: Comparison = [.tree, .status, .stdout, .stderr]
    }

    static let all: [OptionCase] = [
        compression, iconv, writing, bases, filters, selection, links, deletion, attributes, xattrs, acls, output, argumentWords,
        session, batch, basics, debug, atTheSource, found, corners, devices, operatorPaths, words, filterWords, sourceWords,
    ].flatMap { $0 }
}

/// Who is ours in a job; the other side is always a stock rsync.
enum OptionRole: String, CaseIterable, Sendable {
    case local
    case wePull = "we-pull"
    case wePush = "we-push"
    case stockPulls = "stock-pulls"
    case stockPushes = "stock-pushes"

    var direction: Direction {
        switch self {
        case .local: .local
        case .wePull, .stockPulls: .pull
        case .wePush, .stockPushes: .push
        }
    }

    enum Direction: Int, CaseIterable, Sendable { case local, pull, push }
}
