/// A class of messages that people switch on and off by name (ARG-72, ARG-73, ARG-75).
public protocol OutputWord: CaseIterable, Hashable, Sendable where AllCases == [Self] {
    /// `info` or `debug`, as the option is called.
    static var option: String { get }
    /// Its name in upper case.
    var name: String { get }
    /// One line for people.
    var help: String { get }
    /// What `-v`, given so many times, sets it to.
    func level(atVerbosity verbosity: Int) -> Int
    /// What each `-v` more adds, as people write it.
    static var steps: [(verbosity: Int, words: String)] { get }
}

/// What `--info` can name.
public enum InfoWord: String, OutputWord {
    case backup, copy, del, flist, misc, mount, name, nonreg, progress, remove, skip, stats, symsafe

    public static let option = "info"
    public var name: String { rawValue.uppercased() }

    public var help: String {
        switch self {
        case .backup: "backups that were made"
        case .copy: "files the receiver copied from its own disk"
        case .del: "what the receiver deletes"
        case .flist: "the file list, 2: with the number of its entries"
        case .misc: "what fits nowhere else, up to 2"
        case .mount: "mount points met on the way"
        case .name: "names that changed, 2: all names"
        case .nonreg: "items left out since they are no files; on unless 0"
        case .progress: "progress of each file, 2: of the whole run"
        case .remove: "sources that were removed"
        case .skip: "what options left out, up to 2"
        case .stats: "figures at the end, 2: all of them; 3 adds nothing here"
        case .symsafe: "symlinks that lead out of the tree"
        }
    }

    public func level(atVerbosity verbosity: Int) -> Int {
        switch self {
        case .nonreg: 1
        case .copy, .del, .flist, .stats, .symsafe: min(verbosity, 1)
        case .misc, .name: min(verbosity, 2)
        case .backup, .mount, .remove, .skip: verbosity > 1 ? 1 : 0
        case .progress: 0
        }
    }

    public static let steps: [(verbosity: Int, words: String)] = [
        (0, "NONREG"), (1, "COPY,DEL,FLIST,MISC,NAME,STATS,SYMSAFE"), (2, "BACKUP,MISC2,MOUNT,NAME2,REMOVE,SKIP"),
    ]

    /// Whether a server of that role consults it, so that a client has to tell it (ARG-73).
    func isUsed(byReceivingServer: Bool) -> Bool {
        switch self {
        case .flist, .progress: false
        case .misc, .mount, .name, .stats, .symsafe: true
        case .remove: !byReceivingServer
        case .backup, .copy, .del, .nonreg, .skip: byReceivingServer
        }
    }
}

/// What `--debug` can name. Some name what there is nothing to tell of here; they are known because scripts name them.
public enum DebugWord: String, OutputWord {
    case acl, backup, bind, chdir, connect, cmd, del, deltasum, dup, exit, filter, flist, fuzzy, genr, hash, hlink, iconv
    case io, nstr, own, proto, recv, send, time

    public static let option = "debug"
    public var name: String { rawValue.uppercased() }

    public var help: String {
        switch self {
        case .acl: "access control lists: nothing here"
        case .backup: "making of backups"
        case .bind: "binding of sockets, which daemons alone do: nothing here"
        case .chdir: "changes of the working directory, which stays: nothing here"
        case .connect: "connections to daemons, up to 2: nothing here"
        case .cmd: "the command of the remote side, up to 2"
        case .del: "deletions, up to 3"
        case .deltasum: "the search for blocks, up to 4"
        case .dup: "names listed twice"
        case .exit: "the end of a run, up to 3"
        case .filter: "filter rules and what they decide, up to 3"
        case .flist: "the file list, up to 3"
        case .fuzzy: "the choice of similar names, up to 2"
        case .genr: "the generator"
        case .hash: "hash tables: nothing here"
        case .hlink: "hard links, up to 3"
        case .iconv: "character sets, up to 2"
        case .io: "messages beside the data"
        case .nstr: "what is negotiated, up to 3"
        case .own: "owners and groups, up to 2"
        case .proto: "the protocol"
        case .recv: "the receiver"
        case .send: "the sender"
        case .time: "times that are set, up to 2"
        }
    }

    /// Whether nothing is ever told of it here.
    public var isSilent: Bool {
        switch self {
        case .acl, .bind, .chdir, .connect, .hash: true
        default: false
        }
    }

    public func level(atVerbosity verbosity: Int) -> Int {
        switch self {
        case .bind, .dup: verbosity > 1 ? 1 : 0
        case .cmd: verbosity < 2 ? 0 : verbosity < 4 ? 1 : 2
        case .connect, .filter: min(max(0, verbosity - 1), 2)
        case .del: min(max(0, verbosity - 1), 3)
        case .deltasum, .flist: min(max(0, verbosity - 1), 4)
        case .iconv: verbosity < 2 ? 0 : verbosity < 4 ? 1 : 2
        case .acl, .backup, .genr, .recv, .send: verbosity > 2 ? 1 : 0
        case .exit, .own, .time: min(max(0, verbosity - 2), 2)
        case .fuzzy: verbosity < 3 ? 0 : verbosity < 5 ? 1 : 2
        case .proto: verbosity > 3 ? 1 : 0
        case .chdir, .hash, .hlink: verbosity > 4 ? 1 : 0
        case .io, .nstr: 0
        }
    }

    public static let steps: [(verbosity: Int, words: String)] = [
        (2, "BIND,CONNECT,CMD,DEL,DELTASUM,DUP,FILTER,FLIST,ICONV"),
        (3, "ACL,BACKUP,CONNECT2,DEL2,DELTASUM2,EXIT,FILTER2,FLIST2,FUZZY,GENR,OWN,RECV,SEND,TIME"),
        (4, "CMD2,DEL3,DELTASUM3,EXIT2,FLIST3,ICONV2,OWN2,PROTO,TIME2"),
        (5, "CHDIR,DELTASUM4,FLIST4,FUZZY2,HASH,HLINK"),
    ]
}

/// Levels of the words of one kind: what people said about each, over what the options imply.
public struct OutputLevels<Word: OutputWord>: Sendable, Equatable, CustomStringConvertible {
    /// What was said; a word that is missing was not named.
    public private(set) var said: [Word: Int] = [:]
    /// `HELP` was among the words.
    public private(set) var asksForHelp = false
    private var implied: [Word: Int] = [:]

    public init() {}

    public subscript(word: Word) -> Int { said[word] ?? implied[word] ?? 0 }

    /// `DEL,NAME2`: the words that are not silent, in the table's order.
    public var description: String {
        Word.allCases.filter { self[$0] > 0 }.map { $0.name + (self[$0] == 1 ? "" : String(self[$0])) }.joined(separator: ",")
    }

    /// A level that another option implies: what people said of the word itself counts more.
    mutating func imply(_ word: Word, _ level: Int) { implied[word] = max(level, implied[word] ?? 0) }

    mutating func imply(verbosity: Int) {
        for word in Word.allCases { imply(word, word.level(atVerbosity: verbosity)) }
    }

    /// Reads a list of words (ARG-72). A server ignores the ones it does not know (ARG-51).
    mutating func read(_ list: [UInt8], onServer: Bool) throws(ArgumentError) {
        for item in list.split(separator: UInt8(ascii: ",")) {
            let digits = item.reversed().prefix { (0x30...0x39).contains($0) }.reversed()
            // Digits alone are a word that nobody knows.
            let name = digits.count == item.count ? item : item.dropLast(digits.count)
            let level = digits.isEmpty ? 1 : digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), 4) }
            let text = String(decoding: name, as: UTF8.self)
            switch text.lowercased() {
            case "help":
                // What stands behind it is not looked at any more.
                asksForHelp = true
                return
            case "all": for word in Word.allCases { said[word] = level }
            case "none": for word in Word.allCases { said[word] = 0 }
            case let wanted:
                guard let word = Word.allCases.first(where: { $0.name.lowercased() == wanted }) else {
                    if onServer { continue }
                    throw ArgumentError("Unknown --\(Word.option) item: \"\(text)\"")
                }
                said[word] = level
            }
        }
    }

    /// The text of `--info=help` and `--debug=help`.
    public static var help: String {
        var text = "Words separated by commas. A digit behind a word is its level: none means 1, and 0 switches it off.\n\n"
        func line(_ name: String, _ help: String) {
            text += name + String(repeating: " ", count: max(1, 11 - name.count)) + help + "\n"
        }
        for word in Word.allCases { line(word.name, word.help) }
        text += "\n"
        line("ALL", "every word, as in ALL2")
        line("NONE", "no word, like ALL0")
        line("HELP", "this text")
        text += "\nWhat each -v adds:\n"
        for step in Word.steps { text += "\(step.verbosity)) \(step.words)\n" }
        return text
    }
}

extension OutputLevels where Word == InfoWord {
    /// The value of the `--info` that a server gets; nil for none (ARG-74).
    func wireValue(toReceivingServer: Bool) -> String? {
        let considered = InfoWord.allCases.filter { $0.isUsed(byReceivingServer: toReceivingServer) }
        let named = considered.filter { said[$0] != nil }
        guard !named.isEmpty else { return nil }
        var common: Int?
        if named.count == considered.count {
            common = (0...4).first { level in named.count { said[$0] == level } >= 5 }
        }
        var words = common.map { [$0 == 0 ? "NONE" : $0 == 1 ? "ALL" : "ALL\($0)"] } ?? []
        for word in named where said[word] != common {
            let level = said[word] ?? 0
            words.append(word.name + (level == 1 ? "" : String(level)))
        }
        return words.joined(separator: ",")
    }
}
