import RsyncProtocol
import RsyncWire
import TestSupport

typealias SeededNumbers = SplitMix64

extension SplitMix64 {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// Every protocol in every flag scheme it can have, and with incremental recursion where that exists.
let listTraits: [SessionTraits] = ProtocolVersion.all.flatMap { version -> [SessionTraits] in
    guard version.number >= 30 else { return [SessionTraits(version: version)] }
    let flags: [CompatFlags] = [
        [], .varintFileListFlags, .incrementalRecursion, [.varintFileListFlags, .incrementalRecursion, .idZeroNames],
        [.safeFileList],
    ]
    return flags.map { SessionTraits(version: version, compat: $0) }
}

func fullFormat(_ traits: SessionTraits, checksumLength: Int = 0) -> FileListFormat {
    FileListFormat(
        traits: traits, preserveOwner: true, preserveGroup: true, preserveDevices: true, preserveSpecials: true,
        preserveLinks: true, preserveHardLinks: true, checksumLength: checksumLength, recursive: true)
}

func encoder(_ format: FileListFormat) -> FileListEncoder {
    FileListEncoder(
        format: format, userName: { $0 == 0 ? Array("root".utf8) : $0 % 3 == 0 ? nil : Array("u\($0)".utf8) },
        groupName: { $0 == 0 ? Array("root".utf8) : $0 % 5 == 0 ? nil : Array("g\($0)".utf8) })
}

func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func entry(
    _ name: String, _ type: FileType = .regular, _ permissions: UInt32 = 0o644, length: Int64 = 0, mtime: Int64 = 0,
    isTop: Bool = false, hasContent: Bool = false, isImplied: Bool = false
) -> FileEntry {
    FileEntry(
        name: Array(name.utf8), mode: FileMode(type, permissions: permissions), length: length, mtime: mtime,
        isTop: isTop, hasContent: hasContent, isImplied: isImplied)
}

func sortedList(
    _ entries: [FileEntry], _ number: Int32, removingDuplicates: Bool = true, keepsLeadingSlashes: Bool = false,
    pruning: (([UInt8]) -> Bool)? = nil
) -> FileList {
    var builder = FileListBuilder(startIndex: 0, traits: traits(number), keepsLeadingSlashes: keepsLeadingSlashes)
    for entry in entries { builder.append(entry) }
    return builder.finish(removingDuplicates: removingDuplicates, pruningEmptyDirectories: pruning)
}

extension FileList {
    func text(_ position: Int) -> String {
        String(decoding: name(at: position), as: UTF8.self) + (mode(at: position).isDirectory ? "/" : "")
    }

    var activeTexts: [String] { (0..<count).filter { isActive($0) }.map { text($0) } }
}

/// A sequence of entries as a hostile but conforming sender could make it.
func randomEntries(_ count: Int, _ format: FileListFormat, _ random: inout SeededNumbers) -> [FileEntry] {
    var identities: [LinkIdentity: FileEntry] = [:]
    var result: [FileEntry] = []
    let pieces = ["a", "bb", "some-longer-name", "ü", "x y", String(repeating: "long", count: 70)]
    for index in 0..<count {
        var name = ""
        for depth in 0...Int.random(in: 0...3, using: &random) {
            name += (depth > 0 ? "/" : "") + pieces.randomElement(using: &random)!
        }
        name += "\(Int.random(in: 0..<50, using: &random))"
        if index == 0, random.chance(50) { name = "." }
        let types: [FileType] = [
            .regular, .regular, .directory, .symlink, .blockDevice, .characterDevice, .fifo, .socket,
        ]
        let type = name == "." ? .directory : types.randomElement(using: &random)!
        var entry = entry(name, type, UInt32.random(in: 0...0o7777, using: &random))
        if random.chance(60), let last = result.last, last.mode.type == type { entry.mode = last.mode }
        if !type.isDevice, !type.isSpecial {
            entry.length = random.chance(50) ? Int64.random(in: 0...70_000, using: &random) : Int64.random(in: 0...Int64.max, using: &random)
        }
        entry.mtime =
            format.traits.hasWideTimes && random.chance(20)
            ? Int64.random(in: Int64.min...Int64.max, using: &random)
            : Int64.random(in: 0...Int64(UInt32.max), using: &random)
        if random.chance(50), let last = result.last { entry.mtime = last.mtime }
        if format.traits.hasNanoseconds, random.chance(50) {
            entry.nanoseconds = UInt32.random(in: 0...999_999_999, using: &random)
        }
        if format.preserveOwner { entry.uid = random.chance(80) ? UInt32.random(in: 0...5, using: &random) : UInt32.max }
        if format.preserveGroup { entry.gid = random.chance(80) ? UInt32.random(in: 0...9, using: &random) : 1 << 31 }
        if type.isDevice, format.preserveDevices {
            entry.rdev = DeviceNumber(
                major: UInt32.random(in: 0...3, using: &random),
                minor: UInt32.random(in: 0..<(random.chance(50) ? 256 : 1 << 20), using: &random))
        }
        if type == .symlink, format.preserveLinks { entry.linkTarget = Array("target\(index)".utf8) }
        if type == .regular, format.checksumLength > 0 {
            entry.checksum = (0..<format.checksumLength).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        if type == .directory {
            let kind = Int.random(in: 0...3, using: &random)
            entry.isTop = kind == 1
            entry.hasContent = kind < 2
            entry.isImplied = kind == 3 && format.traits.directoriesCarryContent
            if !format.traits.directoriesCarryContent { entry.hasContent = entry.isTop }
        } else if format.preserveHardLinks, random.chance(40) || format.traits.tracksAllRegularFiles && type == .regular {
            let identity = LinkIdentity(
                device: UInt64.random(in: 0...2, using: &random), inode: UInt64.random(in: 0...20, using: &random) &* 0x1_2345_6789)
            if var first = identities[identity] {
                if first.mode.type == type {
                    first.name = entry.name
                    entry = first
                }
            } else {
                identities[identity] = entry
            }
            if identities[identity]?.mode.type == type { entry.linkIdentity = identity }
        }
        result.append(entry)
    }
    return result
}
