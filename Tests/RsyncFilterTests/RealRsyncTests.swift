import Foundation
import Testing

@testable import RsyncFilter
import TestSupport

/// Random trees and rules under every protocol: our decisions against the list of names that the installed rsync would transfer,
/// and our refusals, by exit status, against its own.
///
/// EBB_FILTER_SEED makes another run, EBB_FILTER_CASES sets the number of rule sets (200 if unset, 0 for none). Without an rsync in the
/// PATH the test does not run.
@Suite struct RealRsyncTests {
    static let isPresent = run(["rsync", "--version"], in: FileManager.default.temporaryDirectory)?.status == 0
    static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: isPresent)) func agreesWithTheInstalledRsync() throws {
        let seed = Self.environment["EBB_FILTER_SEED"].flatMap { UInt64($0) } ?? 20_261_121
        let count = Self.environment["EBB_FILTER_CASES"].flatMap { Int($0) } ?? 200
        print("filter rules against rsync: seed \(seed), \(count) rule sets")
        var random = SplitMix64(seed: seed)
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("ebb-filter-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        var tree: Tree?
        var treeHasFiles = true
        var refused = 0
        for number in 0..<count {
            // One tree serves many rule sets; one set in three has per-directory files and needs a tree of its own.
            let usesFiles = number % 3 == 0
            if usesFiles || treeHasFiles || number % 30 == 1 {
                if let tree { forget(tree) }
                treeHasFiles = usesFiles
                tree = try Tree(in: home.appendingPathComponent("\(number)/src"), filterFiles: usesFiles, &random)
            }
            guard let tree else { break }
            var rules = (0..<Int.random(in: 1...4, using: &random)).map { _ in RuleText.rule(&random) }
            if usesFiles { rules.insert(RuleText.dirMerge(&random), at: Int.random(in: 0...rules.count, using: &random)) }
            let protocolNumber = 27 + number / 3 % 6
            let theirs = try #require(Self.listing(of: tree, rules, protocolNumber))
            var ours = try Self.decisions(about: tree, rules, protocolNumber)
            // Below 29 rsync does not name directories.
            if protocolNumber < 29, case .names(let names) = ours { ours = .names(names.filter { !$0.hasSuffix("/") }) }
            if case .refused = theirs { refused += 1 }
            let shown = "seed \(seed), rule set \(number), protocol \(protocolNumber): \(rules) \(tree.filterFiles)"
            #expect(ours == theirs, "\(shown): \(ours.difference(from: theirs))")
        }
        print("filter rules against rsync: \(count) rule sets, \(refused) of them refused")
    }

    /// What becomes of a transfer.
    enum Outcome: Equatable {
        case names(Set<String>)
        case refused(status: Int32)

        func difference(from other: Outcome) -> String {
            guard case .names(let ours) = self, case .names(let theirs) = other else { return "ours \(self), theirs \(other)" }
            return "only ours \(ours.subtracting(theirs)), only theirs \(theirs.subtracting(ours))"
        }
    }

    private func forget(_ tree: Tree) { try? FileManager.default.removeItem(at: tree.root.deletingLastPathComponent()) }

    /// What rsync would transfer; nil if it cannot be started.
    static func listing(of tree: Tree, _ rules: [String], _ protocolNumber: Int) -> Outcome? {
        let arguments =
            ["rsync", "-n", "-r", "--protocol=\(protocolNumber)", "--out-format=%n"] + rules.map { "--filter=" + $0 } + ["./", "../dest/"]
        guard let (status, output) = run(arguments, in: tree.root) else { return nil }
        guard status == 0 else { return .refused(status: status) }
        let lines = output.split(separator: "\n").map(String.init)
        return .names(Set(lines.filter { $0 != "./" && !$0.hasPrefix("created directory") }))
    }

    /// What we would transfer, directories with a slash behind.
    static func decisions(about tree: Tree, _ rules: [String], _ protocolNumber: Int) throws -> Outcome {
        var list = FilterList()
        let reader = FilesInMemory(root: tree.root.path, files: tree.filterFiles)
        list.transferRoot = [UInt8](tree.root.path)
        // In a copy on one machine too a rule must be one that can be said to the other side, for either process.
        func isSayable(byReceiver: Bool) throws(FilterError) {
            _ = try list.wireTexts(
                form: FilterWireForm(
                    clientIsReceiver: byReceiver, hasFullSyntax: protocolNumber >= 29, hasPerishable: protocolNumber >= 30,
                    isSentWithDeleteExcluded: protocolNumber >= 29, deletes: false, prunesEmptyDirectories: false))
        }
        do {
            for rule in rules { try list.add(parsing: [UInt8](rule), reader: reader) }
            try isSayable(byReceiver: false)
            var names: Set<String> = []
            let outer = try FilterScope(list, side: .sender, firstDirectory: [UInt8]("."), reader: reader)
            func walk(_ directory: String, _ scope: FilterScope) throws(FilterError) {
                let inner = try scope.entering([UInt8](directory.isEmpty ? "." : directory), reader: reader)
                for (name, isDirectory) in tree.items where tree.parent(of: name) == directory {
                    guard inner.check([UInt8](name), isDirectory: isDirectory) != .exclude else { continue }
                    names.insert(isDirectory ? name + "/" : name)
                    if isDirectory { try walk(name, inner) }
                }
            }
            try walk("", outer)
            // The sender, which has looked by then, only hears that the other process is gone.
            if (try? isSayable(byReceiver: true)) == nil { return .refused(status: 12) }
            return .names(names)
        } catch let error as FilterError {
            return .refused(status: error.exitCode)
        }
    }

    /// Runs a program found in the PATH; nil if it cannot be started.
    static func run(_ arguments: [String], in directory: URL) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = directory
        var environment = ProcessInfo.processInfo.environment
        environment["CVSIGNORE"] = nil
        environment["HOME"] = "/nonexistent"
        environment["LC_ALL"] = "C"
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

/// A random directory tree on disk.
struct Tree {
    let root: URL
    private(set) var items: [String: Bool] = [:]
    /// Contents of the per-directory rule files, by absolute path.
    private(set) var filterFiles: [String: String] = [:]

    init(in root: URL, filterFiles withFiles: Bool, _ random: inout SplitMix64) throws {
        let manager = FileManager.default
        try manager.createDirectory(at: root, withIntermediateDirectories: true)
        // Names in a dictionary's order would not repeat with the seed.
        self.root = URL(fileURLWithPath: root.path).resolvingSymlinksInPath()
        var directories = [""]
        // The reference takes wildcards in the names of directories that hold rule files for wildcards (FLT-33).
        let letters = withFiles ? RuleText.nameBytes.filter { !["[", "*", "\\"].contains($0) } : RuleText.nameBytes
        for _ in 0..<Int.random(in: 20...45, using: &random) {
            guard let parent = directories.randomElement(using: &random) else { break }
            let own = (0..<Int.random(in: 1...3, using: &random)).map { _ in RuleText.piece(letters, &random) }.joined()
            let name = parent.isEmpty ? own : parent + "/" + own
            if own == "." || own == ".." || items[name] != nil || name.split(separator: "/").count > 4 { continue }
            let isDirectory = Int.random(in: 0..<2, using: &random) == 0
            let file = root.appendingPathComponent(name)
            if isDirectory {
                try manager.createDirectory(at: file, withIntermediateDirectories: false)
                directories.append(name)
            } else {
                try Data().write(to: file)
            }
            items[name] = isDirectory
        }
        guard withFiles else { return }
        for directory in directories where Int.random(in: 0..<3, using: &random) == 0 {
            for own in [".r", ".q"] where Bool.random(using: &random) {
                let name = directory.isEmpty ? own : directory + "/" + own
                var text = ""
                for _ in 0..<Int.random(in: 1...3, using: &random) { text += RuleText.line(&random) + "\n" }
                try Data(text.utf8).write(to: root.appendingPathComponent(name))
                items[name] = false
                filterFiles[self.root.path + "/" + name] = text
            }
        }
    }

    func parent(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }
}

/// Random rules over a small alphabet, so that they hit something, malformed ones included.
enum RuleText {
    static let nameBytes = ["a", "b", "c", ".", "x", "1", "-", "]", "[", "*", "\\", " ", "_", "^"]
    static let patternPieces = [
        "a", "b", "c", "a", "b", "x", ".", "1", "/", "/", "*", "*", "**", "**", "***", "?", "[ab]", "[!a]", "[^b-x]", "[]a]", "[a-]",
        "[[:alpha:]]", "[[:digit:]1]", "[[:bad:]]", "[[:]", "[a", "\\", "\\*", "\\[", "]", "-", "[\\]a]", "[b-a]", " ", "_", "[a-c-x]", "[[-a]",
        "[[:a]", "[a[:alpha:]-x]", "[--1]", "[[::]]", "[[:alpha:", "[/]", "[.-1]",
    ]

    static func piece(_ pieces: [String], _ random: inout SplitMix64) -> String {
        // The first few are the frequent ones.
        let bound = Bool.random(using: &random) ? min(pieces.count, pieces.count / 3 + 1) : pieces.count
        return pieces[Int.random(in: 0..<bound, using: &random)]
    }

    static func pattern(_ random: inout SplitMix64) -> String {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in piece(patternPieces, &random) }.joined()
    }

    static func rule(_ random: inout SplitMix64) -> String {
        let prefixes = ["- ", "+ ", "- ", "- ", "-! ", "+! ", "-s ", "-r ", "-p ", "H ", "S ", "P ", "R ", "-/ ", "-_", "hide ", "show,! ", "include_", "-x "]
        return prefixes[Int.random(in: 0..<prefixes.count, using: &random)] + pattern(&random)
    }

    static func dirMerge(_ random: inout SplitMix64) -> String {
        let prefixes = [": ", ":n ", ":- ", ":+ ", ":e ", ":w- ", ":s ", ":r ", ":ne ", ":p ", ":n- "]
        return prefixes[Int.random(in: 0..<prefixes.count, using: &random)] + ".r"
    }

    /// A line of a per-directory file.
    static func line(_ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: "!"
        case 1: ": .q"
        case 2: "# comment"
        case 3: ":n- .q"
        case 4: "- /" + pattern(&random)
        case 5: "+ /" + pattern(&random)
        default: rule(&random)
        }
    }
}
