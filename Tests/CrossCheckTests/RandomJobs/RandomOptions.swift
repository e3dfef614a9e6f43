import RsyncOptions
import TestSupport

/// What a random job may ask for.
struct RandomChoice: Sendable {
    /// Long name in the table: an option that is not supported is not drawn.
    let option: String
    /// Of a thousand jobs.
    let weight: Int
    /// One of these; each is some words.
    let forms: [[String]]
    let protocols: ClosedRange<Int32>
    /// Only one of a family is drawn.
    let family: String?

    init(_ option: String, _ weight: Int, _ forms: [[String]]? = nil, from first: Int32 = 27, family: String? = nil) {
        self.option = option
        self.weight = weight
        self.forms = forms ?? [["--\(option)"]]
        protocols = first...32
        self.family = family
    }

    static let all: [RandomChoice] = [
        RandomChoice("hard-links", 350, [["-H"]]),
        RandomChoice("checksum", 100, [["-c"]]),
        RandomChoice("update", 80, [["-u"]]),
        RandomChoice("ignore-times", 80, [["-I"]]),
        RandomChoice("size-only", 60),
        RandomChoice("existing", 40),
        RandomChoice("ignore-existing", 40),
        RandomChoice("delete", 120, family: "delete"),
        RandomChoice("delete-before", 90, family: "delete"),
        RandomChoice("delete-during", 90, family: "delete"),
        RandomChoice("delete-after", 90, family: "delete"),
        RandomChoice("delete-delay", 90, family: "delete"),
        RandomChoice("delete-excluded", 60),
        RandomChoice("max-delete", 60, [["--max-delete=0"], ["--max-delete=1"], ["--max-delete=3"]]),
        RandomChoice("force", 100),
        RandomChoice("ignore-errors", 20),
        RandomChoice("whole-file", 400, [["-W"], ["--no-W"], ["--no-W"]]),
        RandomChoice("block-size", 120, [["-B700"], ["-B1000"], ["-B3"], ["--block-size=8192"]]),
        RandomChoice("dry-run", 50, [["-n"]]),
        RandomChoice("numeric-ids", 200),
        RandomChoice("omit-dir-times", 60, [["-O"]]),
        RandomChoice("omit-link-times", 60, [["-J"]]),
        RandomChoice("perms", 80, [["--no-p"], ["-p"]]),
        RandomChoice("times", 60, [["--no-t"]]),
        RandomChoice("links", 40, [["--no-l"]]),
        RandomChoice("owner", 60, [["--no-o"]]),
        RandomChoice("group", 60, [["--no-g"]]),
        RandomChoice("D", 40, [["--no-D"], ["--no-specials"], ["--no-devices"]]),
        RandomChoice("inc-recursive", 200, [["--no-inc-recursive"]]),
        RandomChoice("checksum-seed", 60, [["--checksum-seed=7"], ["--checksum-seed=-1"]]),
        RandomChoice("checksum-choice", 80, [["--cc=md5"], ["--cc=md4"], ["--cc=xxh64"], ["--cc=md5,xxh3"], ["--cc=none"]], from: 30),
        RandomChoice("partial", 40),
        RandomChoice("secluded-args", 60, [["-s"]]),
        RandomChoice("exclude", 120, [["--exclude=*.o"], ["--exclude=/a"], ["--exclude=sub/"], ["--exclude=foo*"], ["--exclude=b"]]),
        RandomChoice("include", 40, [["--include=*/", "--include=a", "--exclude=*"], ["--include=foo", "--exclude=foo*"]]),
        RandomChoice("filter", 100, [["-f", "P foo*"], ["-f", "- a"], ["-f", "H b"], ["-f", "R foo"], ["-f", "-! */"], ["-f", "S sub"]]),
        RandomChoice("F", 20, [["-F"], ["-FF"]]),
        RandomChoice("cvs-exclude", 50, [["-C"]]),
        RandomChoice("backup", 150, [["-b"], ["-b", "--suffix=.old"], ["-b", "--backup-dir=../bak"], ["--backup-dir=bak", "-b", "--suffix=.s"]]),
        RandomChoice("link-dest", 80, [["--link-dest=../base"]], family: "alternate"),
        RandomChoice("link-dest", 60, [["--link-dest=../base", "--link-dest=../other"]], from: 29, family: "alternate"),
        RandomChoice("compare-dest", 70, [["--compare-dest=../base"]], family: "alternate"),
        RandomChoice("copy-dest", 60, [["--copy-dest=../base"]], family: "alternate"),
        RandomChoice("copy-dest", 40, [["--copy-dest=../base", "--copy-dest=../other"]], from: 29, family: "alternate"),
        RandomChoice("fuzzy", 80, [["-y"], ["-yy"]]),
        RandomChoice("inplace", 90, family: "placing"),
        RandomChoice("append", 50, family: "placing"),
        RandomChoice("append-verify", 40, from: 30, family: "placing"),
        RandomChoice("delay-updates", 70, family: "placing"),
        RandomChoice("partial-dir", 50, [["--partial-dir=.part"]]),
        // Not ../tmp: stock 3.5.0 cannot make a file there ("Invalid argument").
        RandomChoice("temp-dir", 40, [["-T", "@DIR@/tmp"]]),
        RandomChoice("sparse", 100, [["-S"]]),
        RandomChoice("preallocate", 40),
        RandomChoice("fsync", 15),
        RandomChoice("remove-source-files", 60),
        RandomChoice("mkpath", 30),
        RandomChoice("one-file-system", 40, [["-x"], ["-xx"]]),
        RandomChoice("copy-links", 60, [["-L"]]),
        RandomChoice("copy-unsafe-links", 50),
        RandomChoice("safe-links", 50),
        RandomChoice("munge-links", 40),
        RandomChoice("copy-dirlinks", 50, [["-k"]]),
        RandomChoice("keep-dirlinks", 50, [["-K"]]),
        RandomChoice("modify-window", 60, [["-@1"], ["-@-1"], ["--modify-window=2"]]),
        RandomChoice("max-size", 60, [["--max-size=700"], ["--max-size=32k"]]),
        RandomChoice("min-size", 60, [["--min-size=1"], ["--min-size=700"]]),
        RandomChoice("prune-empty-dirs", 70, [["-m"]]),
        RandomChoice("executability", 50, [["-E"]]),
        RandomChoice("chmod", 70, [["--chmod=u+w,go-w"], ["--chmod=D755,F644"], ["--chmod=a-x,Dug+s"]]),
        RandomChoice("chown", 30, [["--chown=1:2"]]),
        RandomChoice("usermap", 30, [["--usermap=1000:5,*:7"], ["--usermap=0-1:3"]]),
        RandomChoice("groupmap", 30, [["--groupmap=0:4,*:8"]]),
        RandomChoice("atimes", 30, [["-U", "--open-noatime"]], from: 30),
        RandomChoice("xattrs", 50, [["-X"]], from: 30),
        RandomChoice("acls", 50, [["-A"]], from: 30),
        RandomChoice("fake-super", 50),
        RandomChoice("super", 20, [["--super"], ["--no-super"]]),
        RandomChoice("compress", 150, [["-z"], ["-z", "--skip-compress="], ["-zz"]]),
        RandomChoice("compress-choice", 60, [["-z", "--zc=zlib"], ["-z", "--zc=zlibx"], ["-z", "--zc=zstd"], ["-z", "--zc=lz4"]], from: 30),
        RandomChoice("compress-level", 40, [["-z", "--zl=1"], ["-z", "--zl=9"]]),
        RandomChoice("trust-sender", 20),
        RandomChoice("qsort", 15),
        RandomChoice("no-implied-dirs", 80, [["--no-implied-dirs"]]),
        RandomChoice("ignore-missing-args", 20),
        RandomChoice("delete-missing-args", 20),
    ]

    static let supported: [RandomChoice] = all.filter { choice in
        choice.option != "" && OptionTable.all.contains {
            $0.support == .supported && ($0.names.contains(choice.option) || $0.letter.map(String.init) == choice.option)
        }
    }

    /// What stock cannot do with itself, or does otherwise to no use.
    static func isLeftOut(_ unit: [String], among units: [[String]], role: OptionRole, number: Int32) -> Bool {
        switch unit {
        // Stock tells the other side of it by a word (--use-qsort) that it does not know itself.
        case ["--qsort"]: role != .local
        // In a local copy stock's own receiver finds the rules of -C too modern; through -e the same job works.
        // Before it deletes stock 3.5.0 looks for .cvsignore through symlinks, and refuses those of another owner.
        case ["-C"]: number < 29 && (role == .local || units.contains { $0[0].hasPrefix("--delete") })
        // With incremental recursion stock does not come to an end when a member of a group stands in the reference.
        case ["-H"]: number >= 30 && !units.contains(["--no-inc-recursive"]) && units.contains { $0[0].hasPrefix("--compare-dest") }
        // Two names that lead to one file: whether it is there for the second depends on timing.
        case ["--remove-source-files"]: units.contains { ["-L", "-k", "--copy-unsafe-links"].contains($0[0]) }
        // Until 28 stock does not believe its own repair of a part that was wrong.
        case ["-b"], ["-b", "--suffix=.old"], ["-b", "--backup-dir=../bak"], ["--backup-dir=bak", "-b", "--suffix=.s"]:
            number < 29 && units.contains { $0[0].hasPrefix("--append") }
                // The directory is made in one whose time may be set already, by stock for good.
                || unit[0] == "--backup-dir=bak" && number >= 30 && !units.contains(["--no-inc-recursive"])
        // Stock takes a file of a similar name for the beginning of the new one, and never looks.
        case ["-y"], ["-yy"]: units.contains(["--append"])
        // The same with a file of the reference directory that is shorter than the new one.
        case ["--append"], ["--append-verify"]: units.contains { $0[0].contains("-dest=../base") }
        // Stock makes zeros of the part that is already there.
        case ["-S"]: units.contains { $0[0].hasPrefix("--append") }
        // Stock gives the file in the base, which it has linked to, the permissions of a new file.
        case ["-U", "--open-noatime"]: units.contains { $0[0].hasPrefix("--link-dest") }
        // Without -p stock keeps a symlink with the permissions of a new file, ours with 0777; they mean nothing on a symlink.
        // Without -o or -g stock stores whatever number its memory holds, another one in each run.
        case ["--fake-super"]:
            !["p", "o", "g"].allSatisfy { letter in
                (units.contains(["-a"]) || units.contains(["-" + letter])) && !units.contains(["--no-" + letter])
            }
        default: false
        }
    }

    /// Each unit is dropped or kept as a whole when a failing job is made smaller.
    static func draw(number: Int32, using random: inout SplitMix64) -> [[String]] {
        var units: [[String]] = []
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<14: units.append(["-a"])
        case 14..<18:
            units.append(["-r"])
            for letter in ["-l", "-p", "-t", "-t", "-o", "-g", "-D"] where Bool.random(using: &random) { units.append([letter]) }
        case 18: units += [["-d"], ["-lt"]]
        default: units += [["-a"], ["--no-r"], ["-d"]]
        }
        // Half of the jobs ask for little, so that what each option does alone is seen too.
        let thousand = Bool.random(using: &random) ? 1000 : 2500
        var families: Set<String> = []
        for choice in supported where Int.random(in: 0..<thousand, using: &random) < choice.weight {
            guard choice.protocols.contains(number) else { continue }
            if let family = choice.family, !families.insert(family).inserted { continue }
            units.append(choice.forms.randomElement(using: &random)!)
        }
        return units
    }
}
