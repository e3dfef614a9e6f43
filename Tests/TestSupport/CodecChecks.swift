import RsyncWire
import Testing

/// What `write` puts on the wire.
public func written(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    write(&writer)
    return writer.bytes
}

/// Reads one structure that must be exactly `bytes`; nil, with an issue recorded, when it is not.
@discardableResult
public func assertReads<Value>(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    reading read: (inout ByteReader) throws(WireError) -> Value
) -> Value? {
    var reader = ByteReader(bytes)
    do {
        let value = try read(&reader)
        #expect(reader.isAtEnd, "\(reader.remaining) bytes were left over", sourceLocation: sourceLocation)
        return value
    } catch {
        Issue.record("\(hex(bytes)): \(error)", sourceLocation: sourceLocation)
        return nil
    }
}

/// Every proper prefix must ask for more and never succeed or fail otherwise; the whole must be read to its end.
public func assertDrips<Value>(
    _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation,
    reading read: (inout ByteReader) throws(WireError) -> Value
) {
    for length in 0..<bytes.count {
        var reader = ByteReader(bytes, to: length)
        do {
            _ = try read(&reader)
            Issue.record("\(length) of \(bytes.count) bytes were enough: \(hex(bytes))", sourceLocation: sourceLocation)
        } catch {
            #expect(error.code == .needsMore, "\(length) bytes of \(hex(bytes))", sourceLocation: sourceLocation)
        }
    }
    assertReads(bytes, sourceLocation: sourceLocation, reading: read)
}

/// The structure must be refused with this code, field and exit code, however much follows.
public func assertRefuses<Value>(
    _ bytes: [UInt8], field: String, exitCode: Int32, code: WireError.Code = .outOfRange,
    sourceLocation: SourceLocation = #_sourceLocation, reading read: (inout ByteReader) throws(WireError) -> Value
) {
    var reader = ByteReader(bytes)
    do {
        _ = try read(&reader)
        Issue.record("was accepted: \(hex(bytes))", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect("\(error.field)" == field, "\(error)", sourceLocation: sourceLocation)
        #expect(error.exitCode == exitCode, "\(error)", sourceLocation: sourceLocation)
    }
}

/// Flips bits and cuts at random: the reader must come back with a value or an error, and never read past the end.
/// What it accepts must survive being written and read again.
public func assertSurvivesCorruption<Value: Equatable>(
    of bytes: [UInt8], seed: UInt64 = 0x5eed, rounds: Int = 400, sourceLocation: SourceLocation = #_sourceLocation,
    reading read: (inout ByteReader) throws(WireError) -> Value, writing write: (Value, inout ByteWriter) -> Void
) {
    var random = SplitMix64(seed: seed)
    for round in 0..<rounds {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !changed.isEmpty {
            changed[Int.random(in: 0..<changed.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        var reader = ByteReader(changed, to: Int.random(in: 0...changed.count, using: &random))
        guard let value = try? read(&reader) else { continue }
        let again = written { write(value, &$0) }
        var second = ByteReader(again)
        let reread = try? read(&second)
        #expect(
            reread == value && second.isAtEnd, "seed \(seed), round \(round): \(hex(changed))",
            sourceLocation: sourceLocation)
    }
}
