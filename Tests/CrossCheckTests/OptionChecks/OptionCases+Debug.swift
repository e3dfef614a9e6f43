extension OptionCase {
    /// Something for each word to tell of: deletions, links, similar names, owners, a file that has changed in the middle.
    private static let everything = """
        mkdir -p src/d/e src/x dst/d dst/gone/sub
        echo one >src/a; ln src/a src/b; ln src/a src/d/h; ln -s a src/sl; echo x >src/x/f
        seq 1 9000 >src/seq; (seq 1 4000; echo middle; seq 4001 9000) >dst/seq
        echo old >dst/gone/f; echo y >dst/gone/sub/g; echo z >dst/extra; echo no >src/skip.o; echo no >dst/keep.o
        seq 1 5000 >src/d/report-2024.txt; seq 1 4990 >dst/d/report-2023.txt
        echo same >src/same; cp src/same dst/same; chmod 600 dst/same
        find src dst -exec touch -h -d 2020-01-01 {} +; touch -d 2019-01-01 dst/seq
        """

    /// Files of rules in directories, one of which names more, takes back what was said above and brings the list of CVS.
    private static let ruleFiles = everything + #"""

        printf '%s\n' '- *.tmp' ': .inner' '' '# none' '+ z*' >src/d/.rules; printf '%s\n' '!' '- *.bak' ':n .more' >src/d/e/.rules
        echo '- inn' >src/d/.inner; printf '%s\n' '. ./other' '-C' >src/x/.rules; echo '- oth' >src/x/other
        echo 1 >src/d/q.tmp; echo 2 >src/d/e/w.bak; echo 3 >src/d/e/k; echo 4 >src/x/oth; mkdir -p dst/d/e dst/x; echo '- *.gone' >dst/d/.rules
        echo 5 >dst/d/r.gone; printf '%s\n' '. two' ': .late' '!' '- aa' ':- .words' >one; echo '- bb' >two
        find src dst -exec touch -h -d 2020-01-01 {} +; touch -d 2019-01-01 dst/seq
        """#

    /// `words` on both sides, before what they are to tell of.
    private static func words(_ words: String, _ rest: [String]) -> [String] { ["--debug=\(words)", "-M--debug=\(words)"] + rest }

    private static func tells(
        _ slug: String, _ words: String, _ rest: [String], setUp: String = everything, sources: [String] = ["src/"],
        comparing: Comparison = [.tree, .status, .stdout], protocols: [Int32] = [29, 30, 31, 32],
        roles: Set<OptionRole> = Set(OptionRole.allCases), needsRoot: Bool = false
    ) -> OptionCase {
        OptionCase(
            "debug/\(slug)", covers: ["debug", "remote-option"], setUp: setUp, Self.words(words, rest), sources: sources, comparing: comparing,
            protocols: protocols, roles: roles, needsRoot: needsRoot)
    }

    private static let fromRuleFiles: [Int32] = [29, 30, 31, 32]
    private static let fromTheOldest: [Int32] = [27, 29, 30, 31, 32]

    static let debug: [OptionCase] = [
        // What is said before there are frames, a server says on its standard error.
        tells("negotiation", "nstr3,proto", ["-az"], comparing: [.tree, .status, .stdout, .stderr], protocols: fromTheOldest),
        tells("negotiation-of-a-choice", "nstr3", ["-a", "--zc=zlibx", "--zl=4", "--cc=md5"], comparing: [.tree, .status, .stdout, .stderr], protocols: [30, 31, 32]),
        tells("the-command", "cmd2", ["-a", "--delete"], protocols: fromTheOldest),
        tells("the-sender", "send", ["-aH"], protocols: fromTheOldest),
        tells("the-sender-with-several-sources", "send", ["-aR"], sources: ["src/./d", "src/x", "src/a"], protocols: fromTheOldest),
        tells("the-receiver", "recv", ["-a"], protocols: fromTheOldest),
        tells("the-receiver-in-place", "recv", ["-a", "--inplace"], protocols: fromTheOldest),
        tells("the-receiver-that-delays-updates", "recv", ["-a", "--delay-updates"], protocols: fromTheOldest),
        tells("the-generator", "genr", ["-aH", "--delete-after"], protocols: fromTheOldest),
        tells("a-dry-run", "genr,send,recv,del3", ["-an", "--delete-before"], protocols: fromTheOldest),
        tells("deletions", "del3", ["-a", "--delete-during", "--exclude=*.o"]),
        tells("deletions-later", "del3", ["-a", "--delete-delay", "--delete-excluded", "--exclude=*.o"], protocols: fromTheOldest),
        tells(
            "what-makes-way", "del3", ["-a", "--force"],
            setUp: everything + "\nrm dst/same; mkdir -p dst/same/u dst/sl/v; echo 1 >dst/same/u/w; rm -r dst/d; mkfifo dst/d"),
        tells(
            "owners", "own", ["-a", "--chown=5:6", "--exclude=sl"],
            setUp: everything + "\nchown 7:8 dst/same dst/d dst", needsRoot: true),
        tells("backups", "backup", ["-ab", "--delete", "--exclude=*.o"]),
        tells("backups-elsewhere", "backup", ["-a", "--backup", "--backup-dir=old", "--delete"]),
        tells("similar-names", "fuzzy2", ["-ay", "--no-whole-file", "--delete-after"]),
        tells(
            "similar-names-of-the-same-age", "fuzzy2", ["-ay", "--no-whole-file"],
            setUp: everything + "\ncp -p src/d/report-2024.txt dst/d/elsewhere"),
        tells(
            "duplicates", "dup", ["-a"], setUp: "mkdir -p src/k src/d more/d; echo 1 >src/f; echo 2 >more/f; echo 3 >more/k",
            sources: ["src/", "more/"], protocols: fromTheOldest),
        tells(
            "charsets", "iconv2", ["-a", "--iconv=latin1,utf8"], comparing: [.tree, .status, .stdout, .stderr],
            protocols: [30, 31, 32]),
        tells("the-search", "deltasum2", ["-a", "--no-whole-file"], protocols: fromTheOldest),
        tells(
            "rules", "filter2", ["-a", "--delete", "--exclude=*.o", "--include=*/", "-f", "P keep*", "-f", "-! /d/***"],
            // All directories are there: when a new one is made beside the search for deletions is nobody's promise.
            // A stock client that pulls also says what its rules make of the names that come, once for each of its processes.
            setUp: everything + "\nmkdir -p dst/d/e dst/x", protocols: [30, 31, 32],
            roles: [.local, .wePush, .stockPulls, .stockPushes]),
        tells(
            "files-of-rules", "filter2", ["-a", "--delete", "-f", ": .rules", "-f", ":n .inner2", "-f", ": x/.above"], setUp: ruleFiles, protocols: [30, 31, 32],
            roles: [.local, .wePush, .stockPulls, .stockPushes]),
        // Which process of a client reads a later list is a matter of time.
        tells(
            "files-of-rules-and-what-was-asked-for", "filter3", ["-a", "--no-inc-recursive", "--delete-before", "-f", ": .rules", "--exclude-from=two", "-f", ". one"],
            setUp: ruleFiles, protocols: fromRuleFiles),
        tells(
            "rules-of-several-sources", "filter3", ["-aR", "--no-inc-recursive", "-f", ": .rules"], setUp: ruleFiles, sources: ["src/./d/e", "src/x", "src/a"],
            protocols: fromRuleFiles),
        tells(
            "rules-of-cvs", "filter2", ["-aC", "--delete-excluded", "--partial-dir=part", "--include=a", "-f", "S b"], setUp: ruleFiles,
            protocols: [30, 31, 32], roles: [.local, .wePush, .stockPulls, .stockPushes]),
        tells("rules-before-the-word", "filter0", ["-a", "--exclude=x", "--debug=filter2", "-f", "- y", "-f", "H z"], protocols: fromTheOldest, roles: [.local, .wePull, .wePush]),
        tells("the-search-at-every-place", "deltasum4", ["-a", "--no-whole-file"], protocols: fromTheOldest),
        tells("the-search-in-place", "deltasum4", ["-a", "--no-whole-file", "--inplace"], protocols: fromTheOldest),
        tells(
            "the-search-among-like-blocks", "deltasum4", ["-a", "--no-whole-file", "-B700"],
            setUp: """
                mkdir src dst; echo ab >src/y; head -c 1400 /dev/zero >>src/y; seq 1 300 >>src/y
                head -c 1400 /dev/zero >dst/y; seq 1 300 >>dst/y; echo short >src/s; seq 1 400 >dst/s; echo short >src/t; seq 1 1000 | head -c 2100 >dst/t
                touch -d 2020-01-01 dst/*
                """,
            protocols: fromTheOldest),
        tells("whole-lists", "flist3", ["-ay", "--no-inc-recursive", "--delete", "--exclude=*.o"]),
        tells("whole-lists-without-owners", "flist3", ["-rlt", "--no-inc-recursive"], protocols: fromTheOldest),
        // What waits for a leader that is on its way is a matter of time.
        tells(
            "links-that-are-there", "hlink2", ["-aH", "--no-inc-recursive"],
            setUp: everything + "\ncp -p src/a dst/a; ln dst/a dst/b; mkdir -p dst/d", protocols: [30, 31, 32]),
        tells("messages", "io", ["-aH", "--no-inc-recursive", "--delete-before"], protocols: [30, 31, 32]),
        tells("messages-of-what-may-go", "io", ["-a", "--remove-source-files"], protocols: [30, 31, 32]),
        tells("lists", "flist2", ["-a", "--no-inc-recursive", "--delete"], protocols: fromTheOldest),
        tells("links-in-lists", "hlink", ["-aH", "--no-inc-recursive"], protocols: [30, 31, 32]),
        tells("the-end-of-a-client", "exit", ["-a"], roles: [.local, .wePull, .wePush]),
        OptionCase(
            "verbose/twice", covers: ["verbose"], setUp: everything, ["-avvH", "--delete", "--exclude=*.o", "--backup"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32]),
        // The receiving side of stock's reads every list twice, and says so.
        OptionCase(
            "verbose/three-times", covers: ["verbose"], setUp: everything, ["-avvvH", "--delete", "--no-whole-file", "--backup", "--exclude=*.o"],
            comparing: [.tree, .status, .stdout], protocols: [30, 31, 32], roles: [.wePush, .stockPulls]),
    ]
}
