import Glibc
import TraceKit

extension RandomTree {
    /// Makes the tree as the new directory `path`.
    func make(at path: String) throws {
        let top = [UInt8](path.utf8)
        unsafe call(top) { unsafe mkdir($0, 0o755) }
        let paths = order
        for name in paths {
            let node = nodes[name]!
            let full = top + [0x2f] + name
            switch node.kind {
            case .directory: unsafe call(full) { unsafe mkdir($0, 0o755) }
            case .file(let segments): try write(segments, to: full)
            case .symlink(let target): unsafe call(target) { to in unsafe call(full) { unsafe symlink(to, $0) } }
            case .link(let first):
                if let file = linked(first) {
                    unsafe call(top + [0x2f] + file) { to in unsafe call(full) { unsafe Glibc.link(to, $0) } }
                } else {
                    try write([], to: full)
                }
            case .fifo: unsafe call(full) { unsafe mknod($0, S_IFIFO | 0o600, 0) }
            case .socket: unsafe call(full) { unsafe mknod($0, S_IFSOCK | 0o600, 0) }
            case .character(let major, let minor):
                unsafe call(full) { unsafe mknod($0, S_IFCHR | 0o600, Self.device(major, minor)) }
            case .block(let major, let minor):
                unsafe call(full) { unsafe mknod($0, S_IFBLK | 0o600, Self.device(major, minor)) }
            }
        }
        for name in paths.reversed() { apply(nodes[name]!, to: top + [0x2f] + name) }
        apply(root, to: top)
    }

    /// The file whose further name a link is, when it is there.
    func linked(_ path: [UInt8]) -> [UInt8]? {
        if case .file = nodes[path]?.kind { path } else { nil }
    }

    private func write(_ segments: [Segment], to path: [UInt8]) throws {
        let descriptor = unsafe call(path) { unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw FileBytes.Failure(path: String(decoding: path, as: UTF8.self), errno: errno) }
        defer { close(descriptor) }
        let bytes = segments.flatMap(\.bytes)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            guard count > 0 else { throw FileBytes.Failure(path: String(decoding: path, as: UTF8.self), errno: errno) }
            done += count
        }
    }

    /// A link has the attributes of the file, which come last as it has the earlier path.
    private func apply(_ node: Node, to path: [UInt8]) {
        if case .link = node.kind { return }
        let times = [timespec(tv_sec: Int(node.mtime), tv_nsec: node.nanoseconds), timespec(tv_sec: Int(node.mtime), tv_nsec: node.nanoseconds)]
        unsafe call(path) { path in
            unsafe lchown(path, node.owner, node.group)
            if case .symlink = node.kind {} else { unsafe chmod(path, node.permissions) }
            return unsafe utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    @discardableResult
    private func call(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        let text = path.map { CChar(bitPattern: $0) } + [0]
        return unsafe text.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }

    private static func device(_ major: UInt32, _ minor: UInt32) -> dev_t {
        dev_t(major & 0xfff) << 8 | dev_t(minor & 0xff) | dev_t(minor & 0xfff00) << 12
    }

    // MARK: As a script

    /// Lines for bash that make the same.
    func script(at name: String) -> [String] {
        var lines = ["mkdir \(name)"]
        var attributes: [String] = []
        for path in order {
            let node = nodes[path]!
            let full = Self.quoted([UInt8]("\(name)/".utf8) + path)
            switch node.kind {
            case .directory: lines.append("mkdir \(full)")
            case .file(let segments): lines.append("{ \(segments.map(Self.command).joined(separator: "; ")); } >\(full)")
            case .symlink(let target): lines.append("ln -s -- \(Self.quoted(target)) \(full)")
            case .link(let first):
                lines.append(
                    linked(first).map { "ln \(Self.quoted([UInt8]("\(name)/".utf8) + $0)) \(full)" } ?? ": >\(full); chmod 600 \(full)")
                continue
            case .fifo: lines.append("mkfifo \(full)")
            case .socket: lines.append("perl -MSocket -e 'socket S,1,1,0; bind S,sockaddr_un(shift)' \(full)")
            case .character(let major, let minor): lines.append("mknod \(full) c \(major) \(minor)")
            case .block(let major, let minor): lines.append("mknod \(full) b \(major) \(minor)")
            }
            attributes.insert(Self.attributes(node, full), at: 0)
        }
        return lines + attributes + [Self.attributes(root, name)]
    }

    private static func command(_ segment: Segment) -> String {
        segment.first.map { "seq \($0) 99999999 | head -c \(segment.count)" } ?? "head -c \(segment.count) /dev/zero"
    }

    private static func attributes(_ node: Node, _ path: String) -> String {
        var words = ["chown -h \(node.owner):\(node.group) \(path)"]
        if case .symlink = node.kind {} else { words.append("chmod \(String(node.permissions, radix: 8)) \(path)") }
        let fraction = String(String(1_000_000_000 + node.nanoseconds).dropFirst())
        return (words + ["touch -h -d @\(node.mtime).\(fraction) \(path)"]).joined(separator: "; ")
    }

    /// For bash: plain, or `$'…'`.
    static func quoted(_ bytes: [UInt8]) -> String {
        let plain = bytes.allSatisfy {
            $0 >= 0x61 && $0 <= 0x7a || $0 >= 0x41 && $0 <= 0x5a || $0 >= 0x30 && $0 <= 0x39 || [0x2f, 0x2e, 0x2d, 0x3d, 0x2c, 0x5f, 0x2b].contains($0)
        }
        if plain, !bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
        return "$'"
            + bytes.map { byte in
                switch byte {
                case 0x27: "\\'"
                case 0x5c: "\\\\"
                case 0x20..<0x7f: String(UnicodeScalar(byte))
                default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
            }.joined() + "'"
    }
}
