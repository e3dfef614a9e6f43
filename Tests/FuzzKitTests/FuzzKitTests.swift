import FuzzKit
import Glibc
import RsyncWire
import TestSupport
import Testing
import TraceKit

/// What the fuzzer found stays found, and what it begins with ends.
struct FuzzKitTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

    private static func files(_ directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append("\(directory)/\(name)") }
        }
        return names.sorted()
    }

    @Test(arguments: FuzzTarget.allCases) func endsOnEveryFindOfTheFuzzer(_ target: FuzzTarget) throws {
        for file in Self.files("\(Self.root)/Vectors/fuzz/\(target.rawValue)") { target.run(try FileBytes.read(file)) }
    }

    /// Recorded sessions as they are, cut off, and damaged: few of each, so that it takes a second.
    @Test func endsOnRecordedAndDamagedSessions() throws {
        let recorded = ["rsync-3.5.0/p32/pull-update-delete", "rsync-3.5.0/p29/push-update-delete", "rsync-3.2.7/p30/pull-first"]
        var inputs = FuzzCorpus.texts.map { (target: $0.target, input: Array($0.input.utf8)) }
        for name in recorded {
            let bytes = try FileBytes.read("\(Self.root)/Vectors/traces/\(name).trace")
            inputs += FuzzCorpus.inputs(of: try Trace(text: bytes))
        }
        #expect(inputs.count > 10)
        let seed = UInt64.random(in: .min ... .max)
        print("| fuzz: damage from seed \(seed)")
        var numbers = SplitMix64(seed: seed)
        for (target, input) in inputs {
            target.run(input)
            target.run(Array(input.prefix(input.count / 2)))
            for _ in 0..<8 {
                var damaged = input
                for _ in 0..<(1 + numbers.next() % 4) {
                    damaged[4 % damaged.count + Int(numbers.next() % UInt64(max(1, damaged.count - 4)))] ^= UInt8(1 << (numbers.next() % 8))
                }
                target.run(damaged)
            }
        }
    }
}
