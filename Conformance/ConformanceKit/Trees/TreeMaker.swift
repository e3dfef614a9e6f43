import Glibc
import PeerKit
import RsyncProtocol
import TraceKit

/// Puts a described tree on disk.
struct TreeMaker {
    let seed: UInt64
    /// `Vectors/traces/trees`, for `archive:NAME`.
    let archives: String
    /// Who owns what has no owner of its own; nil: whoever runs the suite.
    var owner: UInt32?
    /// Replaces `{box}` and its like in contents and targets.
    var expand: ([UInt8]) -> [UInt8] = { $0 }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// `root` does not exist, or is a directory that may hold things already.
    func make(_ tree: TreeDescription, at root: String) throws {
        if unsafe mkdir(root, 0o755) != 0, errno != EEXIST { throw Failure(description: "\(root): errno \(errno)") }
        switch tree {
        case .recipe(let name): try makeRecipe(name, at: root)
        case .archive(let name): try unpack(name, at: root)
        case .items(let items): try make(items, TreeWriter(root: [UInt8](root.utf8)))
        }
    }

    private func makeRecipe(_ name: String, at root: String) throws {
        var builder = TreeBuilder(at: root, seed: seed)
        switch name {
        case "mixed": try builder.build()
        case "mixed-changed":
            try builder.build()
            try builder.mutate()
        default: throw Failure(description: "recipe:\(name) is not known")
        }
    }

    private func unpack(_ name: String, at root: String) throws {
        let path = ["", ".tar.xz", ".tar", ".tar.gz", ".tgz"].map { "\(archives)/\(name)\($0)" }
            .first { (file: String) -> Bool in unsafe access(file, R_OK) == 0 }
        guard let path else { throw Failure(description: "archive:\(name) is not in \(archives)") }
        try TraceRecipe.unpack(path, at: root)
    }

    private func make(_ items: [TreeDescription.Item], _ writer: TreeWriter) throws {
        var directories: [[UInt8]: TreeDescription.Attributes] = [[0x2e]: .init()]
        var links: [(path: [UInt8], to: [UInt8])] = []
        for item in items {
            for (path, number) in item.places {
                try makeParents(of: path, writer, &directories)
                if case .directory = item.kind {
                    if path != [0x2e], directories[path] == nil { try makeDirectory(path, writer) }
                    directories[path] = item.attributes
                } else if case .hardLink(let target) = item.kind {
                    links.append((path, target))
                } else {
                    try makeItem(path, item, number, writer)
                }
            }
        }
        for link in links { try writer.link(link.path, to: link.to) }
        // What is in a directory changes its time, so the deepest come first.
        for (path, attributes) in directories.sorted(by: { Self.depth($0.key) > Self.depth($1.key) }) {
            try writer.apply(plain(attributes, usual: 0o755), path)
            try makeExtended(path, attributes, writer)
        }
    }

    private static func depth(_ path: [UInt8]) -> Int { path == [0x2e] ? -1 : path.count { $0 == 0x2f } }

    private func makeParents(
        of path: [UInt8], _ writer: TreeWriter, _ directories: inout [[UInt8]: TreeDescription.Attributes]
    ) throws {
        for (index, byte) in path.enumerated() where byte == 0x2f {
            let parent = Array(path[..<index])
            guard directories[parent] == nil else { continue }
            try makeDirectory(parent, writer)
            directories[parent] = .init()
        }
    }

    /// One that is there already will do.
    private func makeDirectory(_ path: [UInt8], _ writer: TreeWriter) throws(FileBytes.Failure) {
        do throws(FileBytes.Failure) {
            try writer.directory(path)
        } catch {
            guard error.errno == EEXIST else { throw error }
        }
    }

    private func makeItem(_ path: [UInt8], _ item: TreeDescription.Item, _ number: Int?, _ writer: TreeWriter) throws {
        let attributes = plain(item.attributes, usual: 0o644)
        switch item.kind {
        case .file(.zeros(let size)): try writer.hole(path, size: size, attributes)
        case .file(.text(let text)): try writer.file(path, expand(number.map { TreeDescription.numbered(text, $0) } ?? text), attributes)
        case .file(let content): try writer.file(path, content.bytes(number: number), attributes)
        case .symlink(let target):
            let numbered = number.map { TreeDescription.numbered(target, $0) } ?? target
            try writer.symlink(path, expand(numbered), attributes)
        case .fifo: try writer.node(path, .fifo, attributes)
        case .socket: try writer.node(path, .socket, attributes)
        case .device(let isBlock, let number):
            try writer.node(path, isBlock ? .blockDevice : .characterDevice, attributes, device: number)
        case .directory, .hardLink: preconditionFailure("made elsewhere")
        }
        try makeExtended(path, item.attributes, writer)
    }

    private func makeExtended(_ path: [UInt8], _ attributes: TreeDescription.Attributes, _ writer: TreeWriter) throws {
        for (name, value) in attributes.xattrs { try writer.attribute(path, name, value) }
        if let acl = attributes.acl, !acl.isEmpty { try writer.attribute(path, AccessListText.accessName, acl) }
        if let acl = attributes.defaultACL, !acl.isEmpty { try writer.attribute(path, AccessListText.defaultName, acl) }
    }

    private func plain(_ attributes: TreeDescription.Attributes, usual: UInt32) -> TreeWriter.Attributes {
        let own = owner ?? geteuid(), group = owner ?? getegid()
        return TreeWriter.Attributes(
            permissions: attributes.permissions ?? usual, mtime: attributes.mtime ?? TreeDescription.usualTime,
            nanoseconds: Int(attributes.nanoseconds ?? 0), uid: attributes.owner?.uid ?? own,
            gid: attributes.owner?.gid ?? group)
    }
}

extension TreeDescription.Item {
    /// Every path it stands for, with its number where there are many.
    var places: [(path: [UInt8], number: Int?)] {
        guard let count else { return [(path, nil)] }
        return (0..<count).map { (TreeDescription.numbered(path, $0), $0) }
    }
}

enum NullDevice {
    static func open() -> Int32? {
        let descriptor = unsafe Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
        return descriptor < 0 ? nil : descriptor
    }
}
