import Foundation
import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

/// Runs Vectors/wire through readers and writers.
@Suite struct VectorTests {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors/wire")

    /// Paths below the folder, such as `sum-head/null.vec`, of the structures this suite knows.
    static let paths: [String] = vectorCodecs.keys.sorted().flatMap { structure in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(structure).path))
        return (names ?? []).filter { $0.hasSuffix(".vec") }.sorted().map { "\(structure)/\($0)" }
    }

    @Test func everyStructureHasVectors() {
        for structure in vectorCodecs.keys {
            #expect(Self.paths.contains { $0.hasPrefix(structure + "/") }, "no vectors for \(structure)")
        }
    }

    @Test(arguments: paths) func holds(path: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(path), encoding: .utf8)
        let vector = try #require(VectorFile(text), "not a vector")
        let expectation = try #require(vector.expectation)
        let codec = try #require(vectorCodecs[vector.structure])
        #expect(path.hasPrefix(vector.structure + "/"))
        #expect(!vector.protocols.isEmpty)
        for number in vector.protocols {
            let version = try #require(ProtocolVersion(number))
            check(vector, expectation, codec, SessionTraits(version: version))
        }
    }

    private func check(
        _ vector: VectorFile, _ expectation: VectorFile.Expectation, _ codec: VectorCodec, _ traits: SessionTraits
    ) {
        var reader = ByteReader(vector.bytes)
        do {
            let outcome = try codec(&reader, traits, vector)
            #expect(expectation == .value(outcome.text))
            #expect(reader.isAtEnd, "\(reader.remaining) bytes were left over")
            if !vector.isOneWay { #expect(written(outcome.write) == vector.bytes) }
        } catch {
            switch error.code {
            case .needsMore: #expect(expectation == .needsMore)
            default: #expect(expectation == .malformed(field: "\(error.field)", offset: error.offset), "\(error)")
            }
        }
        checkPrefixes(of: vector, expectation, codec, traits)
    }

    private func checkPrefixes(
        of vector: VectorFile, _ expectation: VectorFile.Expectation, _ codec: VectorCodec, _ traits: SessionTraits
    ) {
        for length in 0..<vector.bytes.count {
            var reader = ByteReader(vector.bytes, to: length)
            do {
                _ = try codec(&reader, traits, vector)
                Issue.record("\(length) of \(vector.bytes.count) bytes were enough")
            } catch {
                if case .malformed = expectation { continue }
                #expect(error.code == .needsMore, "\(length) bytes: \(error)")
            }
        }
    }
}
