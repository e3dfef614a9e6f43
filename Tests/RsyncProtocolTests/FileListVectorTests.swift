import Foundation
import RsyncProtocol
import RsyncWire
import Testing

/// Runs `Vectors/wire/file-list/*.vec`: what real rsyncs sent as their file lists.
///
/// With `EBB_UPDATE_VECTORS=1` in the environment the `entry:` lines are written anew from what the decoder finds.
@Suite struct FileListVectorTests {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Vectors/wire/file-list")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? [])
        .filter { $0.hasSuffix(".vec") }.sorted()

    @Test func thereAreVectors() { #expect(!Self.names.isEmpty) }

    @Test(arguments: names) func decodesTheRecordedList(_ name: String) throws {
        let file = Self.directory.appending(path: name)
        let vector = FileListVector(try String(contentsOf: file, encoding: .utf8))
        let transcript = FileListTranscript.read(vector.bytes, vector.format)
        if ProcessInfo.processInfo.environment["EBB_UPDATE_VECTORS"] == "1" {
            try vector.text(with: transcript.lines).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(transcript.lines == vector.lines)
        guard !vector.isOneWay else { return }
        #expect(FileListTranscript.write(transcript.items, vector.format) == vector.bytes)
    }

    @Test(arguments: names) func asksForMoreAtPrefixes(_ name: String) throws {
        let vector = FileListVector(try String(contentsOf: Self.directory.appending(path: name), encoding: .utf8))
        // About two hundred prefixes of each: every single one is the matter of FileListRoundTripTests.
        for length in stride(from: 0, to: vector.bytes.count, by: vector.bytes.count / 200 + 1) {
            let transcript = FileListTranscript.read(Array(vector.bytes[..<length]), vector.format)
            #expect(transcript.lines.last == "needs-more at \(transcript.consumed)", "\(length) bytes")
        }
    }
}

/// A `.vec` file whose value is a sequence of entries.
struct FileListVector {
    var head: [Substring] = []
    var lines: [String] = []
    var dump: [Substring] = []
    var bytes: [UInt8] = []

    init(_ text: String) {
        var isDump = false
        for line in text.split(separator: "\n") {
            if line == "bytes:" {
                isDump = true
            } else if isDump {
                dump.append(line)
                let columns = line.prefix { $0 != "|" }.split(separator: " ").dropFirst()
                bytes += columns.map { UInt8($0, radix: 16)! }
            } else if line.hasPrefix("entry: ") {
                lines.append(String(line.dropFirst(7)))
            } else {
                head.append(line)
            }
        }
    }

    func text(with lines: [String]) -> String {
        (head.map(String.init) + lines.map { "entry: \($0)" } + ["bytes:"] + dump.map(String.init))
            .joined(separator: "\n") + "\n"
    }

    private func field(_ key: String) -> [Substring] {
        for line in head {
            guard let found = line.firstRange(of: "\(key): ") else { continue }
            let rest = line[found.upperBound...]
            return rest[..<(rest.firstRange(of: "  ")?.lowerBound ?? rest.endIndex)].split(separator: " ")
        }
        return []
    }

    var isOneWay: Bool { field("one-way") == ["yes"] }

    /// `traits: p31`, `compat: 3f`, `given: owner group …`.
    var format: FileListFormat {
        let version = Int32(field("traits")[0].dropFirst())!
        let compat = CompatFlags(rawValue: Int32(field("compat").first ?? "0", radix: 16)!)
        let given = field("given")
        let sum = given.first { $0.hasPrefix("checksum=") }.flatMap { Int($0.dropFirst(9)) }
        return FileListFormat(
            traits: traits(version, compat), preserveOwner: given.contains("owner"),
            preserveGroup: given.contains("group"), preserveDevices: given.contains("devices"),
            preserveSpecials: given.contains("specials"), preserveLinks: given.contains("links"),
            preserveHardLinks: given.contains("hard-links"), checksumLength: sum ?? 0,
            recursive: given.contains("recursive"), relative: given.contains("relative"),
            numericIds: given.contains("numeric-ids"))
    }
}

/// All that a sender's stream holds up to the end of its last list, as items and as text.
struct FileListTranscript {
    enum Item {
        case begin(startIndex: Int32, directory: Int32?)
        case entry(FileEntry)
        case end(errors: Int32)
        case id(IdListItem)
        case trailer(Int32)
        case endOfLists
    }

    var items: [Item] = []
    var lines: [String] = []
    var consumed = 0

    static func read(_ data: [UInt8], _ format: FileListFormat) -> FileListTranscript {
        var transcript = FileListTranscript()
        var reader = ByteReader(data)
        do throws(WireError) {
            try transcript.read(&reader, format)
            transcript.lines.append(reader.isAtEnd ? "end of bytes" : "left over: \(reader.remaining)")
        } catch {
            transcript.lines.append(error == .needsMore ? "needs-more at \(reader.consumed)" : "\(error)")
        }
        transcript.consumed = reader.consumed
        return transcript
    }

    private mutating func note(_ item: Item) {
        items.append(item)
        lines.append(Self.line(item))
    }

    private mutating func read(_ reader: inout ByteReader, _ format: FileListFormat) throws(WireError) {
        let traits = format.traits
        var decoder = FileListDecoder(format: format)
        var startIndex: Int32 = traits.incrementalRecursion ? 1 : 0
        var index = NegativeIndexes()
        var directory: Int32?
        while true {
            note(.begin(startIndex: startIndex, directory: directory))
            decoder.beginList(startIndex: startIndex)
            var count: Int32 = 0
            var isOpen = true
            while isOpen {
                switch try decoder.decode(&reader) {
                case .entry(let entry):
                    note(.entry(entry))
                    count += 1
                case .end(let errors):
                    note(.end(errors: errors))
                    isOpen = false
                }
            }
            guard traits.incrementalRecursion else { break }
            startIndex += count + 1
            let next = try index.read(&reader)
            guard next != -2 else { return note(.endOfLists) }
            directory = -101 - next
        }
        for isDue in [format.hasUserList, format.hasGroupList] where isDue {
            while true {
                let item = try decoder.decodeIdListItem(&reader)
                note(.id(item))
                if case .end = item { break }
            }
        }
        if traits.listHasErrorTrailer { note(.trailer(try decoder.decodeErrorTrailer(&reader))) }
    }

    /// The same items through the encoder; identities of hard links are made up.
    static func write(_ items: [Item], _ format: FileListFormat) -> [UInt8] {
        var userNames: [UInt32: [UInt8]] = [:]
        var groupNames: [UInt32: [UInt8]] = [:]
        for case .entry(let entry) in items {
            if let name = entry.userName { userNames[entry.uid] = name }
            if let name = entry.groupName { groupNames[entry.gid] = name }
        }
        var isGroupList = !format.hasUserList
        for case .id(let item) in items {
            switch item {
            case .name(let id, let name): isGroupList ? (groupNames[id] = name) : (userNames[id] = name)
            case .end(let zero):
                isGroupList ? (groupNames[0] = zero) : (userNames[0] = zero)
                isGroupList = true
            }
        }
        let (users, groups) = (userNames, groupNames)
        var encoder = FileListEncoder(format: format, userName: { users[$0] }, groupName: { groups[$0] })
        var writer = ByteWriter()
        var index = NegativeIndexes()
        var wroteIds = false
        for item in items {
            switch item {
            case .begin(let startIndex, let directory):
                if let directory { index.write(-101 - directory, to: &writer) }
                encoder.beginList(startIndex: startIndex)
            case .entry(var entry):
                if entry.linkGroup >= 0 {
                    entry.linkIdentity = LinkIdentity(device: 1, inode: UInt64(entry.linkGroup))
                }
                encoder.encode(entry, into: &writer)
            case .end(let errors): encoder.encodeEnd(errors: errors, into: &writer)
            case .id:
                if !wroteIds { encoder.encodeIdLists(into: &writer) }
                wroteIds = true
            case .trailer(let errors): encoder.encodeErrorTrailer(errors, into: &writer)
            case .endOfLists: index.write(-2, to: &writer)
            }
        }
        return writer.bytes
    }

    static func line(_ item: Item) -> String {
        switch item {
        case .begin(let start, let directory):
            return "list from \(start)" + (directory.map { " of directory \($0)" } ?? "")
        case .end(let errors): return "end \(errors)"
        case .trailer(let errors): return "errors \(errors)"
        case .endOfLists: return "end of lists"
        case .id(.name(let id, let name)): return "id \(id) \(quoted(name))"
        case .id(.end(let zero)): return "end of ids" + (zero.map { " 0=\(quoted($0))" } ?? "")
        case .entry(let entry):
            var words = [
                "0" + String(entry.mode.bits, radix: 8), "\(entry.uid):\(entry.gid)", "\(entry.length)",
                "\(entry.mtime).\(String(entry.nanoseconds + 1_000_000_000).dropFirst())", quoted(entry.name),
            ]
            if !entry.linkTarget.isEmpty { words.append("-> " + quoted(entry.linkTarget)) }
            if entry.rdev != .none { words.append("device=\(entry.rdev.major),\(entry.rdev.minor)") }
            if entry.linkGroup >= 0 { words.append("group=\(entry.linkGroup)") }
            if !entry.checksum.isEmpty {
                words.append("sum=" + entry.checksum.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined())
            }
            if let name = entry.userName { words.append("user=" + quoted(name)) }
            if let name = entry.groupName { words.append("group-name=" + quoted(name)) }
            if entry.isTop { words.append("top") }
            if entry.hasContent { words.append("content") }
            if entry.isImplied { words.append("implied") }
            return words.joined(separator: " ")
        }
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            byte > 0x20 && byte < 0x7f && byte != 0x5c
                ? String(UnicodeScalar(byte)) : "\\x" + String(Int(byte) + 256, radix: 16).dropFirst()
        }.joined()
    }
}

/// Just enough of the index encoding (FLS-133) for the markers between lists.
private struct NegativeIndexes {
    private var memory: Int32 = 1

    mutating func read(_ reader: inout ByteReader) throws(WireError) -> Int32 {
        guard try reader.byte() == 0xff else {
            throw WireError(.malformed, field: "index", clause: "FLS-113", offset: 0)
        }
        let first = try reader.byte()
        guard first == 0xfe else {
            memory += Int32(first)
            return -memory
        }
        let high = Int32(try reader.byte())
        let low = Int32(try reader.byte())
        if high & 0x80 == 0 {
            memory += high << 8 | low
        } else {
            memory = (high & 0x7f) << 24 | low | Int32(try reader.byte()) << 8 | Int32(try reader.byte()) << 16
        }
        return -memory
    }

    mutating func write(_ value: Int32, to writer: inout ByteWriter) {
        let magnitude = -value
        let difference = magnitude - memory
        memory = magnitude
        writer.byte(0xff)
        if (1...253).contains(difference) { return writer.byte(UInt8(difference)) }
        writer.byte(0xfe)
        if (0...32767).contains(difference) {
            writer.byte(UInt8(difference >> 8))
            writer.byte(UInt8(difference & 0xff))
        } else {
            writer.byte(UInt8(magnitude >> 24) | 0x80)
            for shift in [0, 8, 16] as [Int32] { writer.byte(UInt8(truncatingIfNeeded: magnitude >> shift)) }
        }
    }
}
