import RsyncProtocol
import RsyncWire
import Testing

@Suite struct AccessListTests {
    private static let mode = FileMode(.regular, permissions: 0o670)
    /// That of MET-133.
    private static let full = AccessList(
        user: 6, group: 4, mask: 7, other: 0,
        named: [named(true, 33, 6), named(true, 1234, 0), named(false, 1234, 5)])

    private static func named(_ isUser: Bool, _ id: UInt32, _ permissions: UInt32) -> AccessList.Named {
        AccessList.Named(isUser: isUser, id: id, permissions: permissions)
    }

    private static func bytes(_ list: AccessList, name: (AccessList.Named) -> [UInt8]? = { _ in nil }) -> [UInt8] {
        var writer = ByteWriter()
        AccessListWire.write(literal: list, to: &writer, name: name)
        return writer.bytes
    }

    private static func read(_ bytes: [UInt8], known: Int = 0) throws(WireError) -> (AccessListWire.Start, [AccessList.Named]) {
        var reader = ByteReader(bytes)
        let start = try AccessListWire.readStart(&reader, known: known)
        var named: [AccessList.Named] = []
        if case .literal(_, let count) = start {
            for _ in 0..<count { named.append(try AccessListWire.readNamed(&reader).entry) }
        }
        return (start, named)
    }

    @Test func examplesOfTheSpecification() throws {
        #expect(Self.bytes(AccessList()) == [0, 0])
        let access = Self.bytes(Self.full.stripped(mode: Self.mode))
        #expect(access == [0x00, 0x12, 0x04, 0x03, 0x21, 0x1a, 0x84, 0xd2, 0x02, 0x84, 0xd2, 0x14])
        let initial = AccessList(user: 7, group: 5, mask: 7, other: 5, named: [Self.named(true, 33, 7)])
        let written = Self.bytes(initial) { _ in Array("www-data".utf8) }
        #expect(written == [0x00, 0x1f, 0x07, 0x05, 0x07, 0x05, 0x01, 0x21, 0x1f, 0x08] + Array("www-data".utf8))
        let (start, named) = try Self.read(access)
        #expect(start == .literal(AccessList(group: 4), named: 3))
        #expect(named == Self.full.named)
        // MET-138.
        #expect(
            initial.pretended == [
                7, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 0x21, 0, 0, 0, 7, 0, 0, 0x80,
            ])
    }

    @Test func hostileNumbers() {
        func failure(_ bytes: [UInt8], known: Int = 0) -> WireError? {
            do throws(WireError) {
                _ = try Self.read(bytes, known: known)
                return nil
            } catch {
                return error
            }
        }
        func varInt(_ value: Int32) -> [UInt8] {
            var writer = ByteWriter()
            writer.varInt(value)
            return writer.bytes
        }
        #expect(failure(varInt(3), known: 2)?.clause.description == "MET-123")
        #expect(failure(varInt(2), known: 2) == nil)
        #expect(failure(varInt(-1), known: 2)?.exitCode == 12)
        for count: Int32 in [10_000_000, -1, .max] { #expect(failure([0, 0x10] + varInt(count))?.exitCode == 2) }
        #expect(failure([0, 0x01] + varInt(8))?.exitCode == 12)
        #expect(failure([0, 0x10, 1, 5] + varInt(8 << 2))?.exitCode == 12)
        #expect(failure([0, 0x10, 1, 5] + varInt(-1))?.exitCode == 12)
    }

    @Test func storedForms() throws {
        #expect(AccessList(stored: Self.full.stored) == Self.full)
        #expect(AccessList(pretended: Self.full.pretended) == Self.full)
        #expect(AccessList(stored: []) == nil)
        #expect(AccessList(stored: [1, 0, 0, 0]) == nil)
        #expect(AccessList(stored: Array(Self.full.stored.dropLast())) == nil)
        #expect(AccessList(pretended: Array(Self.full.pretended.dropLast(4))) == nil)
    }

    /// MET-126 to MET-130.
    @Test func whatTheModeSays() {
        let sent = Self.full.stripped(mode: Self.mode)
        #expect(sent == AccessList(group: 4, named: Self.full.named))
        let received = sent.masked(mode: Self.mode)
        #expect(received.mask == 7)
        #expect(received.isEnough(Self.full, mode: Self.mode))
        #expect(received.completed(permissions: 0o670) == Self.full)
        #expect(!AccessList().isEnough(Self.full, mode: Self.mode))
        #expect(AccessList(user: 6, group: 4, other: 4).stripped(mode: FileMode(.regular, permissions: 0o644)).isEmpty)
        // A mask without names is no matter of the mode.
        #expect(AccessList(user: 6, group: 4, mask: 4, other: 4).stripped(mode: Self.mode).mask == 4)
        let initial = AccessList(user: 7, group: 1, other: 0, named: [Self.named(false, 5, 4)])
        #expect(initial.masked(mode: nil).mask == 5)
    }
}
