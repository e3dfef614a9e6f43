/// One command line and what it starts from.
struct DifferentialCase: Sendable, CustomStringConvertible {
    var fixture: DifferentialFixture
    var options: [String]
    var sources: [String]
    var destination: String?
    /// False where the order of lists and requests decides what is said.
    var comparesOutput = true

    var description: String {
        "\(fixture.rawValue): \(options.joined(separator: " ")) \(sources.joined(separator: " ")) \(destination ?? "")"
    }

    private init(
        _ fixture: DifferentialFixture, _ options: String, _ sources: [String], _ destination: String?,
        comparesOutput: Bool = true
    ) {
        self.fixture = fixture
        self.options = options.split(separator: " ").map { String($0.map { $0 == "_" ? " " : $0 }) }
        self.sources = sources
        self.destination = destination
        self.comparesOutput = comparesOutput
    }

    static let all = singleOptions + histories + places + names + reports

    /// Each supported option, onto nothing and onto a destination that differs. `_` stands for a blank.
    private static let singleOptions: [DifferentialCase] = [
        "-a -i", "-aH -i", "-r -i", "-rl -v", "-rp -i", "-ro -i", "-rg -i", "-rt -v", "-rD -i", "-r --devices -i",
        "-r --specials -i", "-aHn -i", "-aHc -ii", "-aHI -i", "-aHW -i", "-a --no-W -v", "-a --size-only -i", "-au -i",
        "-a --existing -i", "-a --ignore-existing -vv", "-d -v", "-dt -i", "-a --delete -i", "-a --delete-before -i",
        "-a --delete-during -v", "-a --delete-after -i", "-a --delete --delete-excluded --exclude=*.o --exclude=a -i",
        "-a --force -i", "-a --delete --ignore-errors -v", "-a --numeric-ids -i", "-a --partial -v", "-a --exclude=d -i",
        "-a --include=d/*** --include=/a --exclude=* -i", "-a --exclude=/d/e/ --delete -i", "-a --timeout=20 -i",
        "-a --checksum-seed=5 -I -i", "-a -B 700 -i", "-a -O -i", "-a -J -i", "-a --no-perms -i", "-lptgoD -v", "-a -vv",
        "-a --no-t -i", "-a --delete --filter=P_*.o -i", "-a --filter=-_*.o -v", "-an --delete -v", "-an -i",
        "-a --no-i-r -i", "-aH --no-i-r --delete -i", "-a --checksum-choice=md5 -i", "-a --checksum-choice=sha1 -v",
        "-ac --checksum-choice=xxh128 -i", "-ac --checksum-choice=xxh3 -i", "-ac --checksum-choice=xxh64 -i",
        "-ac --checksum-choice=md4 -i", "-a --checksum-choice=none -i", "-ac --checksum-choice=none", "-aR -i",
    ].flatMap { options in
        [DifferentialFixture.fresh, .differing].map { DifferentialCase($0, options, ["src/"], "dst") }
    }

    private static let histories: [DifferentialCase] = [
        "--link-dest=../p1", "--link-dest=../p1 --link-dest=../p2", "--link-dest=../p2 --link-dest=../p1",
        "--link-dest=../p1 -I", "--link-dest=../p1 -c", "--link-dest=../nothing", "--link-dest=../p1/a",
        "--link-dest=../p1 --size-only", "--link-dest=../p1 --no-p", "--link-dest=../p1 --no-t", "--link-dest=../p1 -n",
    ].map { DifferentialCase(.history, "-a -i " + $0, ["src/"], "dst") }
        + [DifferentialCase(.history, "-aH --link-dest=../p1", ["src/"], "dst", comparesOutput: false)]

    /// How sources and the destination may be named.
    private static let places: [DifferentialCase] = [
        ("-a", ["s1/", "s2/"], "new"), ("-a", ["s1", "s2", "s3"], "new"), ("-a", ["s3/", "s2/", "s1/"], "ddir"),
        ("-aR", ["s1/sub", "s2/./sub", "s4/only/deep"], "new"), ("-aR", ["s4/only/./deep/er/f", "./s1/a"], "ddir"),
        ("-aR", ["s4/only/deep/"], "new"), ("-a", ["file"], "new"), ("-a", ["file"], "new/"), ("-a", ["file"], "ddir"),
        ("-a", ["file"], "dfile"), ("-a", ["file"], "ddir2"), ("-a", ["file"], "dfile/"), ("-a", ["s1"], "dfile"),
        ("-a", ["s1/a", "s2/b"], "dfile"), ("-a", ["file"], "no/such"), ("-a", ["s1"], "no/such/"), ("-a", ["em"], "new"),
        ("-a", ["em/"], "new"), ("-a", ["em"], "new/"), ("-d", ["s1"], "new"), ("-d", ["s1/"], "new"), ("-a", ["sl"], "new"),
        ("-a", ["sl/"], "new"), ("-a", ["fl"], "new"), ("-a", ["nope"], "new"), ("-a", ["s1", "nope", "s2"], "new"),
        ("-a --delete", ["s1", "nope"], "ddir3"), ("-a --delete", ["s1", "s2"], "ddir3"), ("-a --delete", ["s1/a"], "ddir3"),
        ("-a --delete", ["s1/", "s2/"], "ddir3"), ("", ["s1", "file"], "new"), ("-d --delete", ["s1/"], "ddir3"),
        ("-a --exclude-from=xf", ["s1", "s2"], "new"), ("-a --exclude=/s1/sub", ["s1", "s2"], "new"), ("-a", ["s1/."], "new"),
    ].flatMap { (options: String, sources: [String], destination: String) in
        ["-i", "-v"].map { DifferentialCase(.several, options + " " + $0, sources, destination) }
    }

    private static let names: [DifferentialCase] =
        ["-a -i --delete", "-a -v", "-an -v --delete", "-a -vv"].map { DifferentialCase(.odd, $0, ["src/"], "dst") }
        + ["./src/-dash", "./src/--delete", "src/q\"uote", "src/s'q", "src/back\\slash", "src/$HOME", "src/;x", "src/ lead"]
        .map { DifferentialCase(.odd, "-a -i", [$0], "dst/") }

    private static let reports: [DifferentialCase] =
        ["--list-only", "-a --list-only", "-r --list-only -v", "-aHh --list-only", "--list-only --no-h -a"].flatMap {
            [DifferentialCase(.fresh, $0, ["src/"], nil), DifferentialCase(.fresh, $0, ["src"], nil)]
        }
        + ["-a --stats", "-a --stats -h", "-a --stats -hh", "-an --stats --no-h", "-a --stats --delete", "-aq", "-avn", "-aqv"]
        .map { DifferentialCase(.differing, $0, ["src/"], "dst") }
        + ["--bogus", "-a --timeout=x", "-a -B 99999999", "-a --delete-before --delete-after", "-a --exclude-from=nofile", ""]
        .map { DifferentialCase(.fresh, $0, ["src/"], "dst") }
}
