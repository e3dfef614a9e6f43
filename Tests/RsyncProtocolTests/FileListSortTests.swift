@testable import RsyncProtocol
import TestSupport
import Testing

/// FLS-97 to FLS-107.
@Suite struct FileListSortTests {
    static let tree: [FileEntry] = [
        entry("zz"), entry("foo", .directory), entry("foo/x", .directory), entry("foo/x/f"), entry("a"),
        entry("b", .directory), entry("b/q"), entry(".", .directory), entry(".hid"), entry(".hdir", .directory),
        entry(".hdir/z"), entry("Zcap"), entry("foo bar", .directory), entry("foo bar/k"),
        entry("foo-bar", .directory), entry("foo-bar/1"), entry("foo.d", .directory), entry("foo.d/2"),
        entry("foo.txt"), entry("foo/a"), entry("foo/x-y", .directory), entry("foo/x-y/g"), entry("foo0"),
        entry("zdir", .directory), entry("zdir/zz"),
    ]

    @Test func sortsTheExampleInPlainOrder() {
        #expect(sortedList(Self.tree, 28).activeTexts == [
            "./", ".hdir/", ".hdir/z", ".hid", "Zcap", "a", "b/", "b/q", "foo/", "foo bar/", "foo bar/k", "foo-bar/",
            "foo-bar/1", "foo.d/", "foo.d/2", "foo.txt", "foo/a", "foo/x/", "foo/x-y/", "foo/x-y/g", "foo/x/f",
            "foo0", "zdir/", "zdir/zz", "zz",
        ])
    }

    @Test func sortsTheExampleInModernOrder() {
        #expect(sortedList(Self.tree, 29).activeTexts == [
            "./", ".hid", "Zcap", "a", "foo.txt", "foo0", "zz", ".hdir/", ".hdir/z", "b/", "b/q", "foo bar/",
            "foo bar/k", "foo-bar/", "foo-bar/1", "foo.d/", "foo.d/2", "foo/", "foo/a", "foo/x-y/", "foo/x-y/g",
            "foo/x/", "foo/x/f", "zdir/", "zdir/zz",
        ])
    }

    /// FLS-99 word by word, slow.
    static func reference(_ a: [UInt8], _ aIsDirectory: Bool, _ b: [UInt8], _ bIsDirectory: Bool) -> Int {
        func components(_ name: [UInt8], _ isDirectory: Bool) -> [(bytes: [UInt8], isDirectory: Bool)] {
            let parts = name.split(separator: 0x2f, omittingEmptySubsequences: false).map(Array.init)
            return parts.enumerated().map { index, part in
                if index < parts.count - 1 { return (part, true) }
                if isDirectory, part == [0x2e] { return ([], false) }
                return (part, isDirectory)
            }
        }
        let left = components(a, aIsDirectory)
        let right = components(b, bIsDirectory)
        for index in 0... {
            if index == left.count || index == right.count { return left.count - right.count }
            let (l, r) = (left[index], right[index])
            if l.isDirectory != r.isDirectory { return l.isDirectory ? 1 : -1 }
            let slash: [UInt8] = l.isDirectory ? [0x2f] : []
            if l.bytes == r.bytes { continue }
            return (l.bytes + slash).lexicographicallyPrecedes(r.bytes + slash) ? -1 : 1
        }
        return 0
    }

    @Test func agreesWithTheWordsOfTheClause() {
        let seed: UInt64 = 0x0ebb_0099
        var random = SeededNumbers(seed: seed)
        let alphabet: [UInt8] = [0x61, 0x62, 0x2f, 0x2d, 0x30, 0x2e, 0xff]
        func name() -> ([UInt8], Bool) {
            if random.chance(5) { return ([0x2e], true) }
            var bytes: [UInt8] = random.chance(10) ? [0x2f] : []
            for _ in 0...Int.random(in: 0...6, using: &random) {
                let byte = alphabet.randomElement(using: &random)!
                if byte != 0x2f || !bytes.isEmpty && bytes.last != 0x2f { bytes.append(byte) }
            }
            while bytes.last == 0x2f { bytes.append(0x61) }
            return (bytes, random.chance(40))
        }
        for _ in 0..<10_000 {
            let (a, aIsDirectory) = name()
            let (b, bIsDirectory) = name()
            let expected = Self.reference(a, aIsDirectory, b, bIsDirectory).signum()
            let found = FileOrder.compare(a, aIsDirectory, b, bIsDirectory, traits: traits(31)).signum()
            #expect(found == expected, "seed \(seed): \(a) \(aIsDirectory) against \(b) \(bIsDirectory)")
            #expect(FileOrder.precedes(a, aIsDirectory, b, bIsDirectory, traits: traits(31)) == (expected < 0))
            let plain = a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
            #expect(FileOrder.compare(a, aIsDirectory, b, bIsDirectory, traits: traits(28)).signum() == plain)
        }
    }

    /// These are sorted by their first bytes: names that differ early, late, in the last bit of the eighth byte, in length
    /// alone or not at all.
    @Test(arguments: ["", "d/", "a/b/"]) func sortsTheContentsOfOneDirectoryLikeAnyNames(_ prefix: String) {
        let seed: UInt64 = 0x0ebb_0098
        var random = SeededNumbers(seed: seed)
        let starts: [[UInt8]] = ["", "abcdefg", "abcdefgh", "abcdefgi", "abcdefghijkl", "abc", "-"].map { Array($0.utf8) }
        let alphabet: [UInt8] = [0x01, 0x2d, 0x2e, 0x30, 0x61, 0x68, 0x69, 0xfe, 0xff]
        for _ in 0..<300 {
            let entries = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                var name = Array(prefix.utf8) + starts.randomElement(using: &random)!
                for _ in 0..<Int.random(in: 1...3, using: &random) { name.append(alphabet.randomElement(using: &random)!) }
                return FileEntry(plain: name + [0x78], mode: FileMode(random.chance(40) ? .directory : .regular, permissions: 0o755))
            }
            let list = sortedList(entries, 31, removingDuplicates: false)
            for position in 0..<max(0, list.count - 1) {
                let (left, right) = (list.entry(at: position), list.entry(at: position + 1))
                let order = Self.reference(left.name, left.mode.isDirectory, right.name, right.mode.isDirectory)
                #expect(
                    order < 0 || order == 0 && list.wirePosition(at: position) < list.wirePosition(at: position + 1),
                    "seed \(seed): \(left.name) before \(right.name)")
            }
            #expect(Set((0..<list.count).map { list.wirePosition(at: $0) }) == Set(entries.indices))
        }
    }

    @Test(arguments: [27, 31] as [Int32]) func keepsWireOrderOfEqualNames(_ number: Int32) {
        let seed: UInt64 = 0x0ebb_0097
        var random = SeededNumbers(seed: seed)
        let entries = (0..<5000).map { _ in entry("n\(Int.random(in: 0..<500, using: &random))") }
        let list = sortedList(entries, number)
        for position in 1..<list.count where list.name(at: position) == list.name(at: position - 1) {
            #expect(list.wirePosition(at: position) > list.wirePosition(at: position - 1))
            #expect(!list.isActive(position))
        }
        #expect(Set((0..<list.count).map { list.wirePosition(at: $0) }).count == entries.count)
        #expect(list.activeTexts.count == Set(entries.map(\.name)).count)
    }

    @Test(arguments: [28, 29] as [Int32]) func keepsTheDirectoryOfAFileAndADirectory(_ number: Int32) {
        for entries in [[entry("d"), entry("d", .directory), entry("e")], [entry("d", .directory), entry("d"), entry("e")]] {
            #expect(sortedList(entries, number).activeTexts.sorted() == ["d/", "e"])
            #expect(sortedList(entries, number, removingDuplicates: false).activeTexts.count == 3)
        }
    }

    @Test(arguments: [28, 29] as [Int32]) func mergesPropertiesOfDuplicateDirectories(_ number: Int32) {
        let list = sortedList(
            [entry("d", .directory, isImplied: true), entry("d", .directory, isTop: true, hasContent: true), entry("d", .directory, isImplied: true)],
            number)
        #expect((0..<3).map { list.isActive($0) } == [true, false, false])
        let kept = list.entry(at: 0)
        #expect(kept.isTop && kept.hasContent && !kept.isImplied)
        #expect(list.directories == [0, 1, 2])
    }

    @Test(arguments: [27, 29, 32] as [Int32]) func findsActiveEntriesOnly(_ number: Int32) {
        let list = sortedList(Self.tree + [entry("a"), entry("foo"), entry("")], number)
        for position in 0..<list.count {
            let name = list.name(at: position)
            let isDirectory = list.mode(at: position).isDirectory
            let hit = list.find(name: name, isDirectory: isDirectory)
            if list.isActive(position) {
                #expect(hit == position)
            } else {
                #expect(hit != position)
            }
        }
        #expect(list.find(name: Array("foo".utf8), isDirectory: false) == nil)
        #expect(list.find(name: Array("b".utf8), isDirectory: false) == nil)
        #expect(list.find(name: Array("fo".utf8), isDirectory: true) == nil)
        #expect(list.find(name: [], isDirectory: false) == nil)
    }

    @Test(arguments: [28, 31] as [Int32]) func stripsLeadingSlashesBehindTheSort(_ number: Int32) {
        let entries = [entry("b"), entry("/a"), entry("/.", .directory), entry("/c/d"), entry("c", .directory)]
        let list = sortedList(entries, number)
        let names = (0..<5).map { list.text($0) }
        #expect(Set(names) == ["./", "a", "b", "c/", "c/d"])
        for position in 0..<5 {
            let isDirectory = list.mode(at: position).isDirectory
            #expect(list.find(name: list.name(at: position), isDirectory: isDirectory) == position)
        }
        #expect(sortedList(entries, number, keepsLeadingSlashes: true).activeTexts.contains("/c/d"))
    }

    @Test func prunesDirectoriesWithNothingBelow() {
        let entries = [
            entry(".", .directory), entry("e", .directory), entry("e/f", .directory), entry("k", .directory),
            entry("k/l", .directory), entry("k/l/file"), entry("k/m", .directory), entry("p", .directory),
            entry("p/kept", .directory), entry("p-q", .directory),
        ]
        let list = sortedList(entries, 31) { $0 == Array("p/kept".utf8) }
        #expect(list.activeTexts == ["./", "k/", "k/l/", "k/l/file", "p/", "p/kept/"])
    }

    @Test func keepsEveryFieldOfAnEntry() {
        var random = SeededNumbers(seed: 0x0ebb_0105)
        for traits in listTraits {
            let format = fullFormat(traits, checksumLength: 16)
            var entries = randomEntries(200, format, &random)
            entries[3].userName = [1, 2]
            var builder = FileListBuilder(startIndex: 7, traits: traits)
            for index in entries.indices {
                entries[index].linkIdentity = nil
                entries[index].linkGroup = index % 7 == 0 ? 3 : -1
                builder.append(entries[index])
            }
            let list = builder.finish(removingDuplicates: false)
            #expect(list.startIndex == 7)
            for position in 0..<list.count {
                #expect(list.entry(at: position) == entries[list.wirePosition(at: position)])
            }
            let total = entries.filter(\.countsTowardsTotalSize).reduce(0) { $0 &+ $1.length }
            #expect(list.totalSize == total)
        }
    }

    @Test func aSingleMemberIsNoGroupBelowProtocol30() {
        var entries = [entry("a"), entry("b"), entry("c")]
        for (index, group) in [Int32(0), 1, 0].enumerated() { entries[index].linkGroup = group }
        let list = sortedList(entries, 27)
        #expect((0..<3).map { list.entry(at: $0).linkGroup } == [0, -1, 0])
        let later = sortedList(entries, 30)
        #expect((0..<3).map { later.linkGroup(at: $0) } == [0, 1, 0])
    }

    @Test func recordsStaySmall() {
        #expect(MemoryLayout<FileRecord>.stride <= 64)
    }
}
