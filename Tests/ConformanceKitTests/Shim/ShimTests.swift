import Testing

@testable import ConformanceKit

@Suite struct ShimMessagesTests {
    private func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { [UInt8]($0.utf8) } }

    @Test func readsAServersWords() throws {
        let (request, shell) = try #require(ShimMessages.Request.read(words("--server --sender -re.LsfxC . src/")))
        #expect(request == .server(isSender: true, arguments: words("--server --sender -re.LsfxC . src/")))
        #expect(shell.isEmpty)
    }

    @Test func readsAPushingClientsWords() throws {
        let (request, shell) = try #require(
            ShimMessages.Request.read(words("-r --exclude x:y --protocol=29 -e /x/rsh --rsync-path=rsync src/a src/b conform:dst/")))
        #expect(request == .client(
            isSender: true, options: words("-r --exclude x:y --protocol=29"), sources: words("src/a src/b"), destination: words("dst/")[0]))
        #expect(shell == words("/x/rsh conform rsync"))
    }

    @Test func readsAPullingClientsWords() throws {
        let (request, shell) = try #require(
            ShimMessages.Request.read(words("-r -e /x/rsh --rsync-path=rsync conform:src/a :src/b dst/")))
        #expect(request == .client(isSender: false, options: words("-r"), sources: words("src/a src/b"), destination: words("dst/")[0]))
        #expect(shell == words("/x/rsh conform rsync"))
    }

    @Test(arguments: ["-r a b", "-e x --rsync-path=rsync a", "--rsync-path=rsync a b:c", "-e x --rsync-path=rsync a b"])
    func refusesOtherWords(_ text: String) {
        #expect(ShimMessages.Request.read(words(text)) == nil)
    }

    @Test func tellsWordsThatAreNoText() {
        let line = ShimMessages.run(.server(isSender: false, arguments: [[0x2d, 0xff, 0x5c]]), directory: "/d").compactText
        #expect(line == #"{"run":{"role":"server-receiver","arguments":["-\\xff\\\\"],"directory":"/d","read":3,"write":4}}"#)
    }

    @Test func understandsAnswers() throws {
        func answer(_ text: String) throws -> ShimMessages.Answer { try ShimMessages.answer([UInt8](text.utf8)) }
        #expect(try answer(#"{"unimplemented": "-A"}"#) == .unimplemented("-A"))
        #expect(try answer(#"{"result": {"exit": 12, "errors": "e\n"}}"#) == .result(exit: 12, output: "", errors: "e\n"))
        #expect(try answer(#"{"start": {"arguments": ["--server", "\\xff"]}}"#) == .start(arguments: words("--server") + [[0xff]]))
        guard case .hello(let features) = try answer(#"{"hello": {"name": "x", "protocols": "27-29", "features": ["acls"]}}"#) else {
            Issue.record("no hello")
            return
        }
        #expect(features.protocols == ProtocolSet("27-29"))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"a": 1}"#, #"{"hello": 1}"#, #"{"result": {}}"#, #"{"result": {"exit": 256}}"#, #"{"result": {"exit": 0, "x": 1}}"#,
        #"{"hello": {}, "result": {"exit": 0}}"#,
    ])
    func refusesOtherAnswers(_ line: String) {
        #expect(throws: JSONDefect.self) { try ShimMessages.answer([UInt8](line.utf8)) }
    }
}
