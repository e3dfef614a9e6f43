import Glibc
import PeerKit

/// The programs of a job: the client that is started, and what it starts at the far end.
struct OptionPrograms: Sendable {
    /// Of `rsync` where ours is meant: a link of that name to it.
    let ours: String
    var stock: String
    /// The stock rsync that `stock` may be compared with.
    let newest: String
    /// A remote shell that goes nowhere.
    let shell: String
    /// When the run began: what was made since carries no time that can be compared.
    let began: Int64

    init(at directory: String, stock: String, newest: String? = nil) throws {
        try Shell.run(
            """
            mkdir bin; ln -s '\(Programs.ebb)' bin/rsync
            printf '#!/bin/sh\\nshift\\nexec sh -c "$*"\\n' >bin/here; chmod +x bin/here
            """, at: directory)
        ours = "\(directory)/bin/rsync"
        shell = "\(directory)/bin/here"
        self.stock = stock
        self.newest = newest ?? stock
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        began = Int64(now.tv_sec) - 2
    }
}

/// One run of a case in a fresh directory.
struct OptionJob: Sendable {
    let subject: OptionCase
    let direction: OptionRole.Direction
    let number: Int32
    let client: String
    let server: String

    /// The words after the program's name. The harness's own come first, so that those of the case prevail.
    func words(_ programs: OptionPrograms, arguments: [String]? = nil) -> [String] {
        var words = ["--protocol=\(number)"]
        if direction != .local { words += ["-e", programs.shell, "--rsync-path=\(server)"] }
        words += arguments ?? subject.arguments
        words += subject.sources.map { direction == .pull ? "here:\($0)" : $0 }
        if let destination = subject.destination { words.append(direction == .push ? "here:\(destination)" : destination) }
        return words
    }

    /// `arguments` in the place of the case's own; `prepare` fills the directory before the set-up does. What takes more than
    /// `longest` seconds ends with `CommandResult.timedOut`.
    func run(
        _ programs: OptionPrograms, arguments: [String]? = nil, longest: Int = CommandResult.longest,
        prepare: (String) throws -> Void = { _ in }
    ) throws -> OptionOutcome {
        let place = try TemporaryDirectory(prefix: "ebb-option")
        let directory = "\(place.path)/job"
        // Another user may have to get in.
        unsafe chmod(place.path, 0o755)
        unsafe mkdir(directory, 0o755)
        try prepare(directory)
        var environment = ["LC_ALL": "C.UTF-8", "TZ": "UTC", "STOCK": programs.stock]
        environment.merge(subject.environment) { $1 }
        let script = """
            cd "$0" || exit 250
            umask 022
            [ -z "$1" ] || sh -ec "$1" >../set-up 2>&1 || { cat ../set-up >&2; exit 250; }
            shift
            if [ -e stdin ]; then exec <stdin; fi
            exec "$@"
            """
        let words = self.words(programs, arguments: arguments).map {
            $0.split(separator: "@DIR@", omittingEmptySubsequences: false).joined(separator: directory)
        }
        let user = subject.asNobody ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        let result = try CommandResult(
            ["sh", "-c", script, directory, subject.setUp] + user + [client] + words, scratch: "\(place.path)/run",
            environment: environment, longest: longest)
        guard result.status != 250 else {
            throw Shell.Failure(line: "the set-up of \(subject.slug)", status: 250, said: result.errors)
        }
        let probed = try subject.probe.map {
            try CommandResult(
                ["sh", "-c", "cd '\(directory)' || exit\n" + $0], scratch: "\(place.path)/probe", environment: environment)
        }
        let text = OptionText(directory: directory, programs: programs)
        var trees: [String: TreeSnapshot] = [:]
        for name in treeNames { trees[name] = snapshot("\(directory)/\(name)", since: programs.began) }
        return OptionOutcome(
            status: result.status, trees: trees, output: text.lines(result.output), errors: text.messages(result.errors),
            messages: text.wholeMessages(result.errors), probed: probed.map { text.lines($0.output + $0.errors) } ?? [], said: result.output + result.errors)
    }

    /// What stands at the top of the directory of sources and destination, and the further trees.
    private var treeNames: Set<String> {
        if subject.extraTrees.contains(".") { return ["."] }
        let paths = subject.sources + (subject.destination.map { [$0] } ?? [])
        let tops = paths.filter { !$0.hasPrefix("@") && !$0.hasPrefix("/") }
            .compactMap { $0.split(separator: "/").first { $0 != "." }.map(String.init) }
        return Set(tops).union(subject.extraTrees)
    }

    /// nil for what is not there.
    private func snapshot(_ path: String, since began: Int64) -> TreeSnapshot? {
        guard var tree = try? TreeSnapshot(path) else { return nil }
        for (name, item) in tree.items where item.mtime >= began {
            tree.items[name]?.mtime = .max
            tree.items[name]?.nanoseconds = 0
        }
        return tree
    }
}
