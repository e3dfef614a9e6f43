import RsyncEngine
import Testing

@testable import ReverseSession

private func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

@Suite struct OpeningTests {
    static let run = "EBB/1 RUN\nrsync\n--server\n--sender\n-lHogDtprRe.iLsfxCIvu\n.\n/home\n/etc\n\n"
    static let refused = "EBB/1 REFUSED busy another backup has run since 02:15\n"

    private func read(_ text: [UInt8], chunk: Int = .max) throws -> Opening {
        var reader = OpeningReader()
        var at = 0
        while at < text.count, reader.opening == nil {
            at += try reader.take(text, at..<(chunk < text.count - at ? at + chunk : text.count))
        }
        return try reader.finish()
    }

    @Test(arguments: [run, refused]) func readsBackWhatItWrote(_ text: String) throws {
        for chunk in [1, 7, 4096] {
            let opening = try read(bytes(text), chunk: chunk)
            #expect(try opening.encoded() == bytes(text))
        }
    }

    @Test func knowsTheCodeOfARefusal() throws {
        #expect(try read(bytes(Self.refused)) == .refused(GateRefusal(.busy, "another backup has run since 02:15")))
        #expect(try read(bytes("EBB/1 REFUSED moon-phase no\n")) == .refused(GateRefusal(.other("moon-phase"), "no")))
    }

    @Test(arguments: [run, refused]) func everyPrefixNeedsMore(_ text: String) throws {
        let whole = bytes(text)
        for length in 0..<whole.count {
            var reader = OpeningReader()
            #expect(try reader.take(whole, 0..<length) == length)
            #expect(reader.opening == nil)
            #expect(throws: OpeningError.endedEarly) { try reader.finish() }
        }
    }

    @Test func takesNothingBeyondItsEnd() throws {
        let greeting: [UInt8] = [0x20, 0, 0, 0]
        var reader = OpeningReader()
        #expect(try reader.take(bytes(Self.run) + greeting, 0..<(Self.run.utf8.count + 4)) == Self.run.utf8.count)
        #expect(try reader.take(greeting, 0..<4) == 0)
    }

    @Test(arguments: [
        "Welcome to host\n", "EBB/1 RUN\r\n", "EBB/2 RUN\n", "EBB/1 RUN x\n", "EBB/1 RUN \n", " EBB/1 RUN\n", "\n",
        "EBB/1\n", "EBB/1 REFUSED\n", "EBB/1 REFUSED busy\n", "EBB/1 REFUSED busy \n", "EBB/1 REFUSED  text\n",
        "EBB/1 REFUSED Busy text\n", "EBB/1 REFUSED a;b text\n", "EBB/1 REFUSED busy te\u{1b}[2Jxt\n",
        "EBB/1 REFUSED busy te\rxt\n", "EBB/1 RUN\n\n", "EBB/1 RUN\nrsync\n\n", "EBB/1 RUN\nrsync\n--server\n\n",
        "EBB/1 RUN\nrsync\0\n", "EBB/1 RUN\nrs\tync\n", "EBB/1 RUN\nrsync\r\n", "\u{20}\0\0\0",
    ])
    func refuses(_ text: String) {
        #expect(throws: OpeningError.self) {
            let opening = try read(bytes(text))
            Issue.record("read as \(opening)")
        }
        #expect {
            try read(bytes(text), chunk: 1)
        } throws: {
            ($0 as? OpeningError) != .endedEarly
        }
    }

    @Test func refusesAForeignFirstByteAtOnce() {
        var reader = OpeningReader()
        #expect(throws: OpeningError.notAnOpening("S")) { try reader.take(bytes("SSH"), 0..<3) }
    }

    @Test func refusesAWordOneByteTooLong() throws {
        func opening(_ length: Int) -> [UInt8] {
            bytes("EBB/1 RUN\nrsync\n--server\n") + [UInt8](repeating: 0x61, count: length) + [0x0a, 0x0a]
        }
        _ = try read(opening(Opening.maximumWordLength))
        #expect(throws: OpeningError.lineTooLong) { try read(opening(Opening.maximumWordLength + 1)) }
    }

    @Test func refusesAnEndlessLineBeforeItsEnd() {
        var reader = OpeningReader()
        let endless = bytes("EBB/1 REFUSED busy ") + [UInt8](repeating: 0x61, count: 100_000)
        #expect(throws: OpeningError.lineTooLong) { try reader.take(endless, 0..<endless.count) }
    }

    @Test func refusesOneWordTooMany() throws {
        func opening(_ count: Int) -> [UInt8] { bytes("EBB/1 RUN\n" + String(repeating: "w\n", count: count) + "\n") }
        _ = try read(opening(Opening.maximumWords))
        #expect(throws: OpeningError.tooManyWords) { try read(opening(Opening.maximumWords + 1)) }
        #expect(throws: OpeningError.tooManyWords) { try read(opening(50_000)) }
    }

    @Test func neverWritesAWordThatALineCannotCarry() {
        for bad in ["", "a\nb", "a\rb", "a\0b", "\u{1b}"] {
            #expect(throws: OpeningError.self) { try Opening.run([bytes("rsync"), bytes("x"), bytes(bad)]).encoded() }
        }
    }

    @Test func flattensTheTextOfARefusal() throws {
        let refusal = Opening.refused(GateRefusal(.failed, "two\nlines\u{1b}[0m" + String(repeating: "x", count: 5000)))
        guard case .refused(let seen) = try read(try refusal.encoded()) else { Issue.record("not a refusal"); return }
        #expect(seen.text.hasPrefix("two lines [0mxxx") && seen.text.utf8.count == GateRefusal.maximumTextLength)
    }

    @Test func leavesWhatFollowsInTheStream() throws {
        let stream = RecordedStream(bytes(Self.run) + [0x20, 0, 0, 0])
        #expect(try Opening.read(from: stream).encoded() == bytes(Self.run))
        #expect(stream.rest == [0x20, 0, 0, 0])
        #expect(throws: OpeningError.endedEarly) { try Opening.read(from: RecordedStream(bytes("EBB/1 RUN\n"))) }
        try Opening.read(from: RecordedStream(bytes(Self.refused))).write(to: stream)
        #expect(stream.written == bytes(Self.refused))
    }
}

/// A stream of recorded bytes, used by one thread.
private final class RecordedStream: ByteStream, @unchecked Sendable {
    private(set) var rest: [UInt8]
    private(set) var written: [UInt8] = []

    init(_ bytes: [UInt8]) { rest = bytes }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        let taken = min(count, rest.count)
        buffer.replaceSubrange(offset..<(offset + taken), with: rest.prefix(taken))
        rest.removeFirst(taken)
        return taken
    }
    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) { written += bytes[range] }
    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool { true }
    func closeWrite() {}
}
