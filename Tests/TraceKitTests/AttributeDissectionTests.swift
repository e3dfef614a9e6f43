import Testing

@testable import TraceKit

/// Entries with access times, access control lists and extended attributes; one long value is asked for.
struct AttributeDissectionTests {
    /// `rsync -rltpAXU --protocol=30 HOST:s/ d/`, both sides 3.5.0. `a` has an access list with one user and two extended
    /// attributes, of which one is longer than 32 bytes; `l` is a symlink.
    private static let recorded = #"""
        trace: 1
        peer: rsync 3.5.0
        role: pull
        protocol: 30
        argv: --server --sender -ltUpAXre.iLsfxCIvu . s/
        options: -rltpAXU
        destination: none
        order: recorded

        > 00000000  1e 00 00 00                                       |....|
        < 00000000  20 00 00 00 81 ff 23 78  78 68 31 32 38 20 78 78  | .....#xxh128 xx|
        < 00000010  68 33 20 78 78 68 36 34  20 6d 64 35 20 6d 64 34  |h3 xxh64 md5 md4|
        < 00000020  20 73 68 61 31 20 6e 6f  6e 65                    | sha1 none|
        > 00000004  1e 78 78 68 31 32 38 20  78 78 68 33 20 78 78 68  |.xxh128 xxh3 xxh|
        > 00000014  36 34 20 6d 64 35 20 6d  64 34 20 73 68 61 31     |64 md5 md4 sha1|
        < 0000002a  24 a7 14 6b                                       |$..k|
        > 00000023  04 00 00 07 00 00 00 00                           |........|
        < 0000002e  6c 00 00 07 19 01 2e 00  00 10 59 00 2f 68 ed 41  |l.........Y./h.A|
        < 0000003e  00 00 00 00 00 00 00 00  80 98 01 6c 00 01 00 ff  |...........l....|
        < 0000004e  a1 00 00 59 00 2f 68 01  61 01 c0 98 40 01 61 00  |...Y./h.a...@.a.|
        < 0000005e  02 00 b4 81 00 00 00 12  04 01 21 1b 08 77 77 77  |..........!..www|
        < 0000006e  2d 64 61 74 61 00 02 09  28 75 73 65 72 2e 62 69  |-data...(user.bi|
        < 0000007e  67 00 2e 5a 5d f3 0e bd  85 39 44 5b a6 e0 f6 38  |g..Z]....9D[...8|
        < 0000008e  b6 f9 07 01 75 73 65 72  2e 73 00 76 00 00 ff 01  |....user.s.v....|
        > 0000002b  1b 00 00 07 01 08 00 02  00 a1 01 00 00 00 00 00  |................|
        > 0000003b  00 00 00 00 00 00 00 00  00 00 00 00 01 02 60     |..............`|
        < 0000009e  5e 00 00 07 01 08 00 02  00 a1 01 28 78 78 78 78  |^..........(xxxx|
        < 000000ae  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|
        < 000000be  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|
        < 000000ce  78 78 78 78 00 00 00 00  00 00 00 00 00 00 00 00  |xxxx............|
        < 000000de  00 00 00 00 00 02 00 00  00 61 0a 00 00 00 00 18  |.........a......|
        < 000000ee  9a 84 63 73 f2 41 e8 95  03 bb dc e3 e7 73 5c 01  |..cs.A.......s\.|
        < 000000fe  02 60                                             |.`|
        > 0000004a  01 00 00 07 00                                    |.....|
        < 00000100  01 00 00 07 00                                    |.....|
        > 0000004f  02 00 00 07 00 00                                 |......|
        < 00000105  02 00 00 07 00 00 0f 00  00 07 00 32 00 00 dd 00  |...........2....|
        < 00000115  00 03 00 00 01 00 00 00  00                       |.........|
        > 00000055  01 00 00 07 00                                    |.....|
        """#

    @Test func understandsAttributesToTheLastByte() throws {
        let dissection = Dissection(try Trace(text: Array(Self.recorded.utf8)))
        #expect(dissection.gaps == [])
        let shown = dissection.fields.filter { ["acl", "acl-entry", "default-acl", "xattrs", "xattr"].contains($0.name) }
        #expect(shown.map { "\($0.name): \($0.value)" } == [
            "acl: 0 named",
            "default-acl: 0 named",
            "xattrs: 0 attributes",
            "xattrs: as number 0",
            "acl: group 4, 1 named",
            "acl-entry: user 33 6, name www-data",
            "xattrs: 2 attributes",
            "xattr: user.big, 40 bytes, digest 2e5a5df30ebd8539445ba6e0f638b6f9",
            "xattr: user.s, 1 bytes, value 76",
        ])
        let values = dissection.fields.filter { ["xattr-request", "xattr-value"].contains($0.name) }
        #expect(values.map(\.value) == ["1", "1, 40 bytes", "end"])
        #expect(dissection.fields.contains { $0.name == "entry" && $0.value.contains("atime ") })
    }

    @Test func keepsTheBytesOfAField() throws {
        let fields = Dissection(try Trace(text: Array(Self.recorded.utf8))).fields
        #expect(fields.filter { $0.name == "acl-entry" }.map(\.bytes) == [[0x21, 0x1b, 8] + Array("www-data".utf8)])
        #expect(fields.filter { $0.name == "version" }.map(\.bytes) == [[30, 0, 0, 0], [32, 0, 0, 0]])
        #expect(fields.filter { $0.name == "literal" }.map(\.bytes) == [[0x61, 0x0a]])
    }
}
