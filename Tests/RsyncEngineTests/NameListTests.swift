import RsyncEngine
import Testing
import TraceKit

/// `--files-from` (SES-120 to SES-125).
struct NameListTests {
    @Test func readsAndForwardsLines() {
        let file = Array("\n#c\na\r\n\n;d\nb/ c".utf8)
        #expect(NameList.words(file, nulTerminated: false) == [Array("a".utf8), Array("b/ c".utf8)])
        #expect(NameList.wireForm(file, nulTerminated: false) == Array("#c\0a\0;d\0b/ c\0\0".utf8))
        #expect(NameList.wireForm([], nulTerminated: true) == [0])
        #expect(NameList.wireForm(Array("a\nb\0".utf8), nulTerminated: true) == Array("a\nb\0\0".utf8))
    }

    @Test(arguments: [
        ("../outside", true, "outside"), ("/a", true, "a"), ("//d//b", true, "d/b"), ("d/..", true, "."),
        ("d/e/..", false, "d/"), ("d/./../a", true, "d/a"), ("d/./../a", false, "a"), ("./a", true, "./a"),
        ("./a", false, "a"), ("d/", true, "d/"), ("d/./e/c", true, "d/./e/c"), (".", false, "."), ("..", true, "."),
    ])
    func keepsNamesBeneathTheBase(_ name: String, _ relative: Bool, _ expected: String) {
        #expect(NameList.confined(Array(name.utf8), relative: relative) == Array(expected.utf8))
    }

    /// Forwarded either way, framed or not, over pipes of every size, in the file list's company.
    @Test(arguments: Setting.everyPipe)
    func forwardsNames(_ setting: Setting) throws {
        let (source, copy) = (MemoryTree(device: 1), MemoryTree(device: 2))
        var names: [[UInt8]] = []
        for number in 0..<40 {
            source.file("file-\(number)", "content of \(number)")
            if number % 2 == 0 { names.append(Array("file-\(number)".utf8)) }
        }
        var rig = SessionRig(setting, source, copy)
        rig.options.recursive = false
        rig.options.listDirectories = true
        rig.forwards = Array(names.joined(separator: [0])) + [0, 0]
        let outcome = try rig.run()
        #expect(outcome.exitCodes == [0, 0], "\(outcome.story)")
        #expect(copy.listing(CopyTests.kept(setting)).filter { !$0.hasPrefix(". ") }.count == names.count, "\(outcome.story)")
    }
}
