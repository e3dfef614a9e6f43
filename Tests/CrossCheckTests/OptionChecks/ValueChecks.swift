import PeerKit
import RsyncOptions
import Testing

/// Every option that takes a value, with values that are none: what a script with an unset variable or a typing error writes.
/// Exit status, trees and the first words of what is said are those of stock rsync.
struct ValueChecks {
    private static let setUp = """
        mkdir -p src/d dst; printf 1 >src/a; seq 1 9 >src/b; seq 1 3000 >src/d/c; ln -s a src/l; echo old >dst/b; echo old >dst/gone
        find src dst -exec touch -hd 2020-02-02 {} +
        """

    /// Stock options that this program takes from people.
    private static let options = OptionTable.all.filter {
        $0.value != nil && $0.support == .supported && $0.wire != .serverOnly
    }

    @Test func emptyValuesMeanWhatTheyMeanToStock() throws {
        let words = Self.options.flatMap { option in
            option.names.flatMap { [["--\($0)="], ["--\($0)", ""]] }
                + (option.letter.map { [["-\($0)="], ["-\($0)", ""]] } ?? [])
        }
        try compare(words)
    }

    @Test func malformedValuesAreRefusedInStocksWords() throws {
        let numbers = ["abc", "1x", "0x10", "+3", " 3", "3 ", "-", " ", "1.5", "4294967296", "-99999999999999999999", "-2147483648"]
        let sizes = [
            "abc", "-1", "1x", "1 x", "+3", " 3", "-", " ", "-0", "99999999999999999999", ".", "1.5.5", "5kk", "3kib+1", "k", "kb", "b+1",
            "k-1", "+1", ".5", ".5k", "5bb", "1k+2", "8191P", "8192P", "-1x", "9223372036854775807",
        ]
        let words = ["1", "x", "x1y2", "none1", "help,1", "name,,del", ",", "-name", "na me"]
        let table: [(names: [String], values: [String])] = [
            // All of them are read by the same lines; what differs is what may come of it.
            (["max-size"], sizes), (["min-size", "block-size", "max-alloc"], ["-1", "1x", ".", "8192P", "511b"]),
            (["bwlimit"], ["-1", "1x", ".", "9000P", "511b", "0.4"]),
            (["timeout"], numbers), (["max-delete", "modify-window", "stop-after"], ["abc", "-1", "1x", "+3", " 3", " ", "4294967296"]),
            (["max-delete"], ["-2147483648"]), (["stop-after"], ["9223372036854775807"]), (["contimeout"], ["-1", "0", "x"]),
            (["compress-level", "compress-threads", "checksum-seed", "port"], ["abc", "-1", " 3"]),
            // From 20 to 26 stock speaks it, and ours does not.
            (["protocol"], ["abc", "-1", "0", "19", "33", "41", "27x"]),
            (["info", "debug"], words), (["stderr", "outbuf"], ["x", "E", "errorsx", "nx", "1"]),
            (["chmod"], ["x", "8", "u", "u=z", ",", "u+x,,g+x", "17777"]),
            (["usermap", "groupmap"], ["x", "x:", ":", "0:99999999999", "99999999999:0", "a-b:1"]),
            (["chown"], ["nosuch", "0:nosuch", "99999999999", "1:2:3"]), (["copy-as"], [":", "nosuch", "0:nosuch"]),
            (["iconv"], ["x", "utf8,nosuch"]), (["compress-choice"], ["x", ",", "zlib,zlibx"]),
            (["checksum-choice"], ["x", "x,md5", "md5,x", ",md5", "auto,md5", "md5,auto", "auto,auto", "md5,md4,md5"]),
            (["remote-option"], ["x", "-", "--timeout=x", "--bwlimit=", "--max-size=1x"]),
            (["stop-at"], ["x", "1:2:3", "24:00", "T", "2026-13-01", "-1", "0"]), (["suffix", "backup-dir"], [".", "a/b", " "]),
        ]
        try compare(table.flatMap { names, values in names.flatMap { name in values.map { ["--\(name)=\($0)"] } } })
    }

    /// A local copy with each of the words, by both.
    private func compare(_ cases: [[String]]) throws {
        guard let stock = PeerCatalogue.stock() else {
            if Programs.variable("CI") == "true" { Issue.record("no rsync in PATH") }
            return
        }
        let place = try TemporaryDirectory(prefix: "ebb-values")
        let programs = try OptionPrograms(at: place.path, stock: stock.executable)
        for words in cases {
            let subject = OptionCase(
                "values", covers: [], setUp: Self.setUp, ["-a", "--delete"] + words, extraTrees: ["."], unobservable: "compared by itself")
            func outcome(_ program: String) throws -> OptionOutcome {
                // A protocol that words give comes behind this one.
                try OptionJob(subject: subject, direction: .local, number: 32, client: program, server: program).run(programs)
            }
            let (found, wanted) = (try outcome(programs.ours), try outcome(programs.stock))
            var differences = found.differences(from: wanted, comparing: [.tree, .status])
            if Self.complaints(found) != Self.complaints(wanted) { differences += ["said:"] + found.errors + ["expected:"] + wanted.errors }
            #expect(differences.isEmpty, "\(words): \(differences.prefix(12).joined(separator: "; "))")
        }
    }

    /// Stock's two processes often say the same, or that the other one has gone.
    private static func complaints(_ outcome: OptionOutcome) -> Set<String> {
        Set(outcome.errors.filter { !$0.hasPrefix("rsync error: ") && !$0.hasPrefix("rsync: connection unexpectedly closed") })
    }
}
