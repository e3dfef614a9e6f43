import TestSupport
import Glibc
import Testing

@testable import TraceKit

struct DissectionTests {
    static let releases = [("2.6.0", 27), ("2.6.9", 29), ("3.0.0", 30), ("3.1.3", 31)]
    static let scenarios = [
        "pull-checksum-names", "pull-compressed", "pull-exclude", "pull-first", "pull-update-delete", "push-compressed",
        "push-first", "push-unchanged", "push-update-delete",
    ]

    static func vector(_ release: (String, Int), _ scenario: String) throws -> Trace {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let path = "\(root)/Vectors/traces/rsync-\(release.0)/p\(release.1)/\(scenario).trace"
        return try Trace(text: FileBytes.read(path))
    }

    @Test(arguments: releases, scenarios)
    func understandsRecordedSessionsToTheLastByte(release: (String, Int), scenario: String) throws {
        let trace = try Self.vector(release, scenario)
        let dissection = Dissection(trace)
        #expect(dissection.gaps == [])
        for direction in Trace.Direction.allCases {
            // Fields lie side by side; a frame's head may lie inside the field that goes on behind it.
            let covered = dissection.fields.filter { $0.direction == direction }
            #expect(covered.map(\.end).max() == trace.bytes(direction).count)
        }
        let names = Set(dissection.fields.map(\.name))
        #expect(names.isSuperset(of: ["version", "seed", "entry", "index"]))
        #expect(names.contains("statistics") == (trace.header.role == .pull))
        #expect(names.contains("compat-flags") == (release.1 >= 30))
        let marks = dissection.fields.filter { $0.name == "index" && $0.value.hasPrefix("done") }
        #expect(marks.count >= 5)
    }

    @Test func namesWhatTheStartOfASessionSays() throws {
        let lines = Dissection(try Self.vector(("3.1.3", 31), "pull-update-delete")).fields.map(\.line)
        for line in [
            "< 00000004  compat-flags              0x3f incremental-recursion symlink-times symlink-iconv safe-file-list "
                + "avoid-xattr-optimisation checksum-seed-fix  [SES-42]",
            "> 00000018  item                      0xa000 transfer new  [XFR-16]",
            "> 00000033  sum-head                  86 blocks of 700, strong 2, remainder 501  [XFR-24]",
            "< 0000004c  entry                     null, mode 20644, length 0, mtime 1500009000+9 ns, owner 0:0, "
                + "device 1:3  [FLS-37]",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test(arguments: releases)
    func saysWhereACutSessionStops(release: (String, Int)) throws {
        let whole = try Self.vector(release, "push-unchanged")
        for kept in 0..<80 {
            var cut = Trace(header: whole.header)
            cut.append(whole.bytes(.toServer).prefix(kept), .toServer)
            cut.append(whole.bytes(.toClient), .toClient)
            let dissection = Dissection(cut)
            #expect(dissection.gaps.contains { $0.direction == .toServer } || dissection.fields.count { $0.direction == .toServer } > 0)
        }
    }

    @Test(arguments: releases)
    func survivesCorruptedSessions(release: (String, Int)) throws {
        let whole = try Self.vector(release, "pull-compressed")
        for seed in 0..<300 as Range<UInt64> {
            var numbers = SplitMix64(seed: seed)
            var changed = Trace(header: whole.header)
            for direction in Trace.Direction.allCases {
                var bytes = whole.bytes(direction)
                for _ in 0..<3 { bytes[Int(numbers.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: numbers.next()) }
                changed.append(bytes, direction)
            }
            let dissection = Dissection(changed)
            #expect(dissection.fields.allSatisfy { $0.offset <= $0.end }, "seed \(seed)")
        }
    }

    @Test func refusesToGuessWhatItsOptionsPutOutOfReach() throws {
        var trace = try Self.vector(("3.1.3", 31), "push-unchanged")
        trace.header.arguments[1] = [UInt8]("-logDtprNe.iLsfxC".utf8)
        let dissection = Dissection(trace)
        #expect(dissection.fields == [])
        #expect(dissection.gaps.count == 2)
    }
}
