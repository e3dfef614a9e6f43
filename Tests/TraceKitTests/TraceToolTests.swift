import Foundation
import TestSupport
import Testing

@testable import TraceKit

/// What is done with traces: compared, made smaller, redacted. Over the committed recordings.
@Suite struct TraceToolTests {
    static func vector(_ name: String) throws -> Trace { try Trace(text: FileBytes.read("\(ReplayTests.root)/\(name)")) }

    @Test(arguments: ReplayTests.vectors)
    func everyRecordingDissectsWithoutAGap(_ name: String) throws {
        let trace = try Self.vector(name)
        let dissection = Dissection(trace)
        #expect(dissection.gaps.map(\.description) == [])
        for direction in Trace.Direction.allCases {
            #expect(dissection.fields.filter { $0.direction == direction }.map(\.end).max() == trace.bytes(direction).count)
        }
    }

    // MARK: diff

    @Test func findsNoDifferenceBetweenATraceAndItself() throws {
        let trace = try Self.vector("rsync-3.5.0/p32/push-update-delete.trace")
        #expect(TraceComparison.differences(trace, trace).isEmpty)
    }

    @Test func showsTheFieldThatDiffersWithItsClauseAndBytes() throws {
        let trace = try Self.vector("rsync-3.5.0/p31/pull-update-delete.trace")
        var surgery = TraceSurgery(trace)
        let field = try #require(surgery.dissection.fields.first { $0.name == "file-sum" })
        let place = try #require(surgery[field.direction].places(field).first)
        surgery[field.direction].bytes[place] ^= 0xff
        let differences = TraceComparison.differences(trace, surgery.trace(), .meaning)
        #expect(differences.count == 1)
        #expect(differences.first?.old?.clause == "XFR-113")
        #expect(differences.first?.description.contains(FieldText.hexadecimal(field.bytes)) == true)
    }

    @Test func inodeNumbersAndSizesOfDirectoriesAreNoDifferenceInMeaning() throws {
        let trace = try Self.vector("rsync-3.5.0/p29/pull-first.trace")
        var surgery = TraceSurgery(trace)
        let field = try #require(surgery.dissection.fields.first { $0.name == "entry" && $0.value.contains(", mode 4") })
        // The length follows the name: `.`, one byte, behind flags and its own length.
        let places = surgery[field.direction].places(field)
        let bytes = places.map { surgery[field.direction].bytes[$0] }
        let dot = try #require(bytes.firstIndex(of: 0x2e))
        surgery[field.direction].bytes[places[dot + 1]] ^= 0x10
        #expect(TraceComparison.differences(trace, surgery.trace(), .meaning).isEmpty)
        #expect(!TraceComparison.differences(trace, surgery.trace(), .exact).isEmpty)
    }

    // MARK: shrink

    @Test func cutsEveryLiteralOfAWholeSessionToOneByte() throws {
        let trace = try Self.vector("rsync-3.5.0/p32/pull-first.trace")
        let property = try #require(TraceShrinking.Property(of: trace, against: nil))
        let small = TraceShrinking.shrink(trace, keeping: property)
        let dissection = Dissection(small)
        #expect(dissection.gaps.isEmpty)
        #expect(dissection.fields.filter { $0.name == "literal" }.allSatisfy { $0.value == "1 bytes" })
        let names = { (trace: Trace) in Dissection(trace).fields.map(\.name).filter { !$0.hasPrefix("frame ") } }
        #expect(names(small) == names(trace))
        #expect(small.header.losses == ["literals"])
        #expect(small.bytes(.toClient).count < trace.bytes(.toClient).count / 2)
        #expect(small.bytes(.toServer) == trace.bytes(.toServer))
    }

    @Test func cutsBehindTheFirstGapAndKeepsIt() throws {
        let whole = try Self.vector("rsync-3.5.0/p32/push-first.trace")
        var surgery = TraceSurgery(whole)
        let items = surgery.dissection.fields.filter { $0.name == "item" && $0.direction == .toServer }
        let field = items[items.count / 3]
        for place in surgery[.toServer].places(field) { surgery[.toServer].bytes[place] = 0xff }
        let broken = surgery.trace()
        let gap = try #require(Dissection(broken).gaps.first)
        let property = try #require(TraceShrinking.Property(of: broken, against: nil))
        let small = TraceShrinking.shrink(broken, keeping: property)
        #expect(Dissection(small).gaps.contains { $0.reason == gap.reason && $0.direction == gap.direction })
        // Only whole frames go, and a frame may be long.
        #expect(small.bytes(.toServer).count < broken.bytes(.toServer).count)
        #expect(small.header.losses.contains("cut"))
        #expect(try Trace(text: small.text) == small)
    }

    @Test func cutsBehindTheFirstDifference() throws {
        let trace = try Self.vector("rsync-3.5.0/p31/pull-first.trace")
        var surgery = TraceSurgery(trace)
        let sums = surgery.dissection.fields.filter { $0.name == "file-sum" }
        let place = try #require(surgery[.toClient].places(sums[1]).first)
        surgery[.toClient].bytes[place] ^= 1
        let other = surgery.trace()
        let property = try #require(TraceShrinking.Property(of: other, against: trace))
        // Literals are a difference of their own here, and so stay; what is behind the sum goes.
        let small = TraceShrinking.shrink(other, keeping: property)
        #expect(property.holds(small))
        #expect(small.bytes(.toClient).count < other.bytes(.toClient).count)
    }

    // MARK: redact

    @Test(arguments: ReplayTests.vectors.filter { !$0.hasPrefix("rsync-2.6.0/p27/pull-exclude") })
    func redactsEveryRecordingWithoutMovingAByte(_ name: String) throws {
        let trace = try Self.vector(name)
        let redacted = try TraceRedaction.redact(trace)
        #expect(Dissection(redacted).gaps.isEmpty)
        for direction in Trace.Direction.allCases { #expect(redacted.bytes(direction).count == trace.bytes(direction).count) }
        #expect(redacted.header.losses == ["names", "contents"])
        // Redacted rules are no rules any more.
        if !name.contains("filters") && !name.contains("exclude") { #expect(try TraceReplay(redacted) { _ in [] }.obstacle != nil) }
    }

    @Test(arguments: ["rsync-3.5.0/p27/push-update-delete.trace", "rsync-3.5.0/p31/pull-update-delete.trace", "rsync-2.6.9/p29/pull-exclude.trace"])
    func leavesNoNameAndNoContent(_ name: String) throws {
        let trace = try Self.vector(name)
        let redacted = try TraceRedaction.redact(trace)
        let whole = redacted.bytes(.toServer) + redacted.bytes(.toClient)
        let fields = Dissection(trace).fields
        for field in fields where field.name == "literal" && field.bytes.count >= 8 {
            #expect(!contains(whole, Array(field.bytes.prefix(8))))
        }
        let names = fields.filter { $0.name == "entry" }.flatMap { $0.value.prefix { $0 != "," }.split(separator: "/") }
        for name in Set(names) where name.utf8.count >= 5 { #expect(!contains(whole, [UInt8](name.utf8)), "\(name)") }
        for field in Dissection(redacted).fields where ["file-sum", "block-sum"].contains(field.name) {
            #expect(field.bytes.allSatisfy { $0 == 0 })
        }
    }

    @Test func standInsSortAndPartAsTheNamesDo() {
        let names = ["a", "a/b", "a/b-c", "a-b", "a.b", "a0", "ab", "b", "longer/path/ü", "z\u{7f}"].map { [UInt8]($0.utf8) }
        let standIns = NameStandIns()
        for name in names { standIns.add(name) }
        let replaced = names.map { standIns.standIn($0) }
        for (first, one) in zip(names, replaced) {
            #expect(one.count == first.count)
            for (second, other) in zip(names, replaced) {
                #expect(first.lexicographicallyPrecedes(second) == one.lexicographicallyPrecedes(other))
                let shared = zip(first, second).prefix { $0 == $1 }.count
                #expect(zip(one, other).prefix { $0 == $1 }.count == shared)
            }
            #expect(zip(first, one).allSatisfy { ($0 == 0x2f) == ($1 == 0x2f) })
        }
    }

    @Test func refusesToRedactWhatItDoesNotUnderstand() throws {
        let whole = try Self.vector("rsync-3.5.0/p32/push-first.trace")
        var cut = Trace(header: whole.header)
        for segment in whole.segments.dropLast(3) { cut.append(segment.bytes.dropLast(2), segment.direction) }
        #expect(throws: TraceRedaction.Failure.self) { try TraceRedaction.redact(cut) }
    }

    private func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool { whole.firstRange(of: part) != nil }
}
