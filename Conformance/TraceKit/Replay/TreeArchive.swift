import CConform
import Glibc
import RsyncEngine
import RsyncProtocol

/// The recorded trees: POSIX tar archives, packed by `xz`, with the extended headers that this tells apart.
///
/// Understood are regular files, hard links, symlinks, devices, directories and fifos, and of the extended header
/// `mtime`, `path`, `linkpath`, `size` and extended attributes. Items of another type are refused, so that no tree is less
/// than it seems; access lists are passed over, and traces with `-A` not replayed.
public enum TreeArchive {
    public enum Failure: Error, Sendable, CustomStringConvertible {
        case unpacking(path: String, status: Int32)
        case malformed(offset: Int, reason: String)

        public var description: String {
            switch self {
            case .unpacking(let path, let status): "\(path): xz ended with status \(status)"
            case .malformed(let offset, let reason): "archive, offset \(offset): \(reason)"
            }
        }
    }

    private static let block = 512
    private static let attributeKey = "SCHILY.xattr."

    /// The content of a `.tar` or `.tar.xz`.
    public static func unpack(_ path: String) throws -> [UInt8] {
        guard path.hasSuffix(".xz") else { return try FileBytes.read(path) }
        var ends: [Int32] = [-1, -1]
        guard unsafe conform_pipe(&ends) == 0 else { throw FileBytes.Failure(path: "a pipe", errno: errno) }
        let child: SpawnedProcess
        do {
            child = try SpawnedProcess(["xz", "-dc", "--", path], input: 0, output: ends[1])
        } catch {
            close(ends[0])
            close(ends[1])
            throw error
        }
        close(ends[1])
        defer { close(ends[0]) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(ends[0], &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            content.append(contentsOf: chunk[..<count])
        }
        let outcome = child.wait()
        guard outcome == .exited(0) else { throw Failure.unpacking(path: path, status: outcome.shellStatus) }
        return content
    }

    /// Puts everything that the archive holds into an empty tree.
    public static func fill(_ tree: MemoryTree, from archive: [UInt8]) throws(Failure) {
        var offset = 0
        var extended: [String: String] = [:]
        // A directory's time is its own only when nothing is put into it any more.
        var directories: [(String, MemoryTree.Attributes)] = []
        while offset + block <= archive.count, archive[offset] != 0 {
            let header = Header(archive, offset)
            let start = offset + block
            let size = extended["size"].flatMap { Int($0) } ?? header.number(124, 12)
            guard size >= 0, start + size <= archive.count else {
                throw Failure.malformed(offset: offset, reason: "an item of \(size) bytes")
            }
            let content = archive[start..<(start + size)]
            defer { offset = start + (size + block - 1) / block * block }
            if header.type == "x" {
                extended = try records(content)
                continue
            }
            let name = trimmed(extended["path"] ?? header.name)
            let target = extended["linkpath"] ?? header.text(157, 100)
            let time = fileTime(extended["mtime"]) ?? FileTime(seconds: Int64(header.number(136, 12)), nanoseconds: 0)
            let attributes = MemoryTree.Attributes(
                UInt32(header.number(100, 8)), mtime: time.seconds, nanoseconds: time.nanoseconds,
                uid: UInt32(header.number(108, 8)), gid: UInt32(header.number(116, 8)))
            let device = DeviceNumber(major: UInt32(header.number(329, 8)), minor: UInt32(header.number(337, 8)))
            let attributesOfItem = extended.filter { $0.key.hasPrefix(attributeKey) }
            extended = [:]
            defer {
                for (key, value) in attributesOfItem {
                    tree.attribute(name, String(key.dropFirst(attributeKey.count)), [UInt8](value.utf8))
                }
            }
            switch header.type {
            case "0": tree.file(name, [UInt8](content), attributes)
            case "1": tree.link(name, to: trimmed(target))
            case "2": tree.symlink(name, to: target, attributes)
            case "3": tree.node(name, .characterDevice, device, attributes)
            case "4": tree.node(name, .blockDevice, device, attributes)
            case "5":
                tree.directory(name, attributes)
                directories.append((name, attributes))
            case "6": tree.node(name, .fifo, .none, attributes)
            default: throw Failure.malformed(offset: offset, reason: "an item of type \(header.type)")
            }
        }
        for (name, attributes) in directories.reversed() { tree.directory(name, attributes) }
    }

    private struct Header {
        private let archive: [UInt8]
        private let offset: Int

        init(_ archive: [UInt8], _ offset: Int) {
            self.archive = archive
            self.offset = offset
        }

        func text(_ position: Int, _ length: Int) -> String {
            String(decoding: archive[(offset + position)..<(offset + position + length)].prefix { $0 != 0 }, as: UTF8.self)
        }

        func number(_ position: Int, _ length: Int) -> Int {
            Int(text(position, length).filter { $0 != " " }, radix: 8) ?? 0
        }

        var type: String { text(156, 1).isEmpty ? "0" : text(156, 1) }
        var name: String {
            let prefix = text(345, 155)
            return prefix.isEmpty ? text(0, 100) : "\(prefix)/\(text(0, 100))"
        }
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts the whole record.
    private static func records(_ content: ArraySlice<UInt8>) throws(Failure) -> [String: String] {
        var rest = content
        var found: [String: String] = [:]
        while let space = rest.firstIndex(of: 0x20) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length <= rest.count,
                rest.startIndex + length > space + 1
            else { throw .malformed(offset: rest.startIndex, reason: "an extended header") }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            if let equals = record.firstIndex(of: 0x3d) {
                found[String(decoding: record[..<equals], as: UTF8.self)] =
                    String(decoding: record[(equals + 1)...], as: UTF8.self)
            }
            rest = rest[(rest.startIndex + length)...]
        }
        return found
    }

    private static func fileTime(_ text: String?) -> FileTime? {
        guard let parts = text?.split(separator: "."), let seconds = parts.first.flatMap({ Int64($0) }) else { return nil }
        let fraction = parts.count > 1 ? parts[1] : ""
        let digits = (fraction + String(repeating: "0", count: 9)).prefix(9)
        return FileTime(seconds: seconds, nanoseconds: UInt32(digits) ?? 0)
    }

    private static func trimmed(_ name: String) -> String {
        var rest = name[...]
        if rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        return rest.isEmpty ? "." : String(rest)
    }
}
