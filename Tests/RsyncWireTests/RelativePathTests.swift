import RsyncWire
import TestSupport
import Testing

@Suite struct RelativePathTests {
    private func path(_ text: String) throws(RelativePath.Defect) -> RelativePath {
        try RelativePath(cleaning: Array(text.utf8))
    }

    @Test(arguments: [
        ("a", "a"), ("a/b", "a/b"), ("a//b", "a/b"), ("./a", "a"), ("a/./b", "a/b"), ("a/", "a"), ("a/b///", "a/b"),
        (".", "."), ("./", "."), ("./.", "."), ("...", "..."), ("..a", "..a"), ("a..", "a.."), (".a/.b", ".a/.b"),
    ])
    func cleansWhatMeansNothing(raw: String, cleaned: String) throws {
        #expect(try path(raw).description == cleaned)
    }

    @Test(arguments: ["..", "../a", "a/..", "a/../b", "a/b/../../..", "./..", "..//"])
    func refusesParentReferences(raw: String) {
        #expect(throws: RelativePath.Defect.parentReference) { try path(raw) }
    }

    @Test func refusesAbsoluteEmptyAndNul() {
        #expect(throws: RelativePath.Defect.absolute) { try path("/") }
        #expect(throws: RelativePath.Defect.absolute) { try path("/etc/passwd") }
        #expect(throws: RelativePath.Defect.empty) { try path("") }
        #expect(throws: RelativePath.Defect.embeddedNul) { try path("a\0b") }
    }

    @Test func boundsTheLength() throws {
        let longest = [UInt8](repeating: 0x61, count: RelativePath.maximumLength)
        #expect(try RelativePath(cleaning: longest).bytes == longest)
        #expect(throws: RelativePath.Defect.tooLong) { try RelativePath(cleaning: longest + [0x61]) }
        #expect(throws: RelativePath.Defect.tooLong) { try RelativePath(cleaning: longest).appending([0x61]) }
    }

    @Test func knowsParentAndLastComponent() throws {
        let deep = try path("a/b/c")
        #expect(deep.parent?.description == "a/b")
        #expect(deep.parent?.parent?.description == "a")
        #expect(deep.parent?.parent?.parent == .root)
        #expect(RelativePath.root.parent == nil)
        #expect(deep.lastComponent == Array("c".utf8))
        #expect(RelativePath.root.lastComponent == Array(".".utf8))
        #expect(deep.components.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "c"])
        #expect(RelativePath.root.components.isEmpty)
    }

    @Test func appendsOnlyPlainNames() throws {
        let base = try path("a")
        #expect(try base.appending(Array("b".utf8)).description == "a/b")
        #expect(try RelativePath.root.appending(Array("b".utf8)).description == "b")
        #expect(try base.appending(path("b/c")).description == "a/b/c")
        #expect(try base.appending(.root) == base)
        #expect(try RelativePath.root.appending(base) == base)
        for bad in ["", ".", "..", "x/y", "x\0"] {
            #expect(throws: RelativePath.Defect.self) { try base.appending(Array(bad.utf8)) }
        }
    }

    @Test(arguments: [UInt64(11), 12]) func nothingCleanedLeavesItsRoot(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet: [UInt8] = Array("../a\0".utf8)
        for _ in 0..<5000 {
            let raw = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            guard let path = try? RelativePath(cleaning: raw) else { continue }
            #expect(path.bytes.first != 0x2f && !path.bytes.isEmpty && !path.bytes.contains(0), "seed \(seed)")
            #expect(!path.components.contains { $0.elementsEqual([0x2e, 0x2e]) || $0.isEmpty }, "seed \(seed)")
            #expect((try? RelativePath(cleaning: path.bytes)) == path, "seed \(seed)")
        }
    }
}
