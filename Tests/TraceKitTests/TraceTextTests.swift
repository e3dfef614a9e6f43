import Testing

@testable import TraceKit
import TestSupport

struct TraceTextTests {
    static let header = TraceHeader(
        peer: "rsync", version: "2.6.0", role: .pull, protocolNumber: 27,
        arguments: ["--server", "--sender", "a b", "q\"\\", "\n", ""].map { [UInt8]($0.utf8) } + [[0xff, 0x00]],
        options: [[UInt8]("-a".utf8)], sourceTree: "before.tar.xz", exitStatus: 23, errorOutput: [0x0a], isInterleaved: true)

    static func sample(seed: UInt64, segments: Int) -> Trace {
        var generator = SplitMix64(seed: seed)
        var trace = Trace(header: header)
        for _ in 0..<segments {
            let bytes = (0..<Int(generator.next() % 70)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            trace.append(bytes, generator.next() % 2 == 0 ? .toServer : .toClient)
        }
        return trace
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func survivesWritingAndReading(seed: UInt64) throws {
        let trace = Self.sample(seed: seed, segments: Int(seed) % 9)
        let text = trace.text
        let again = try Trace(text: text)
        #expect(again == trace)
        #expect(again.text == text)
    }

    @Test func neighbouringBytesOfOneDirectionAreOneSegment() {
        var trace = Trace(header: Self.header)
        trace.append([1, 2], .toServer)
        trace.append([], .toClient)
        trace.append([3], .toServer)
        trace.append([4], .toClient)
        #expect(trace.segments.map(\.bytes) == [[1, 2, 3], [4]])
    }

    @Test func looksAsDescribed() throws {
        var trace = Trace(
            header: TraceHeader(
                peer: "rsync", version: "3.1.3", role: .push, protocolNumber: 31, arguments: [[UInt8]("--server".utf8)],
                isInterleaved: false))
        trace.append([0x1f, 0, 0, 0] + [UInt8]("hello, world!!".utf8), .toServer)
        trace.append([0x20, 0, 0, 0], .toClient)
        #expect(String(decoding: trace.text, as: UTF8.self) == """
            trace: 1
            peer: rsync 3.1.3
            role: push
            protocol: 31
            argv: --server
            options: 
            destination: none
            order: unknown

            > 00000000  1f 00 00 00 68 65 6c 6c  6f 2c 20 77 6f 72 6c 64  |....hello, world|
            > 00000010  21 21                                             |!!|
            < 00000000  20 00 00 00                                       | ...|

            """)
    }

    @Test func ignoresCommentsAndEmptyLinesBetweenTheBytes() throws {
        let trace = Self.sample(seed: 3, segments: 4)
        let lines = String(decoding: trace.text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let commented = lines.map { $0.hasPrefix(">") ? "# here\n\n\($0)" : String($0) }.joined(separator: "\n")
        #expect(try Trace(text: [UInt8](commented.utf8)) == trace)
    }

    @Test(arguments: [
        ("> 00000000  1f 00", "a line without its characters"),
        ("> 00000001  1f                                                |.|", "an offset that leaves a gap"),
        ("> 00000000  1F                                                |.|", "upper case"),
        ("> 00000000  20                                                |x|", "characters that are not the bytes"),
        ("> 00000000                                                    ||", "no bytes"),
        ("? 00000000  20                                                | |", "an unknown direction"),
        ("> 00000000  20                                                | | ", "something behind the end"),
    ])
    func refuses(line: String, why: String) {
        let head = String(decoding: Trace(header: Self.header).text, as: UTF8.self)
        #expect(throws: TraceTextError.self, "\(why)") { try Trace(text: [UInt8]((head + line + "\n").utf8)) }
    }

    @Test(arguments: ["trace", "peer", "role", "protocol", "argv", "options", "destination", "order"])
    func refusesAHeaderWithout(field: String) {
        let lines = String(decoding: Trace(header: Self.header).text, as: UTF8.self).split(separator: "\n")
        let without = lines.filter { !$0.hasPrefix("\(field): ") }.joined(separator: "\n") + "\n\n"
        #expect(throws: TraceTextError.self) { try Trace(text: [UInt8](without.utf8)) }
    }

    @Test func refusesAnUnknownHeaderField() {
        let text = String(decoding: Trace(header: Self.header).text, as: UTF8.self)
        #expect(throws: TraceTextError.self) { try Trace(text: [UInt8](("colour: red\n" + text).utf8)) }
    }

    @Test(arguments: ["\"a", "\"\\q\"", "\"\\x0\"", "\"\\xGG\"", "a\"b", "\"a\"b"])
    func refusesBadQuoting(line: String) {
        #expect(throws: QuotedWords.Defect.self) { try QuotedWords.read(line) }
    }
}
