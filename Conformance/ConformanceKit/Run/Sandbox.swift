import Glibc
import PeerKit
import TraceKit

/// Where the cells of one case run, one after the other: the trees, what stands beside them, and canaries outside.
///
///     ROOT/box/{src,dst,home,outside,…}    ROOT/outside    ROOT/shell/{rsh,socket}
final class Sandbox {
    let root: String
    let source: TreePlot
    let destination: TreePlot
    let beside: TreePlot
    private let canaries: [(plot: TreePlot, name: String)]

    var box: String { "\(root)/box" }
    var shellDirectory: String { "\(root)/shell" }
    var shell: String { "\(shellDirectory)/\(Runner.shellName)" }

    /// A canary is a file and a directory that nobody has any business with.
    private static let canary = TreeDescription.items([
        item("canary", .file(.text(Array("nobody writes here\n".utf8)))),
        item("directory/inside", .file(.text(Array("nobody writes here either\n".utf8)))),
    ])

    private static func item(_ path: String, _ kind: TreeDescription.Kind) -> TreeDescription.Item {
        TreeDescription.Item(path: Array(path.utf8), kind: kind, attributes: .init(), count: nil)
    }

    /// `root` is this sandbox's alone, and may be what another case left.
    init(_ root: String, _ one: Case, _ maker: TreeMaker, program: String) throws {
        self.root = root
        let box = "\(root)/box"
        var maker = maker
        maker.expand = { Placeholders(box: box).expand($0) }
        source = TreePlot("\(box)/src", one.source, maker)
        destination = TreePlot("\(box)/dst", one.destination, maker)
        var excluded = Set(["src", "dst", "outside"].map { Array($0.utf8) })
        var canaries = ["\(root)/outside", "\(box)/outside"].map { (TreePlot($0, Self.canary, maker), "outside") }
        if !Self.isNamed("home", in: one.beside) {
            excluded.insert(Array("home".utf8))
            canaries.append((TreePlot("\(box)/home", .empty, maker), "home"))
        }
        self.canaries = canaries.map { (plot: $0.0, name: $0.1) }
        beside = TreePlot(box, one.beside ?? .empty, maker, excluding: excluded)
        RemoveTree.remove([UInt8](root.utf8))
        for directory in [root, box, "\(root)/shell"] where unsafe mkdir(directory, 0o755) != 0 {
            throw FileBytes.Failure(path: directory, errno: errno)
        }
        if let owner = maker.owner, unsafe chown(box, owner, owner) != 0 { throw FileBytes.Failure(path: box, errno: errno) }
        guard unsafe symlink(program, "\(root)/shell/\(Runner.shellName)") == 0 else { throw FileBytes.Failure(path: root, errno: errno) }
    }

    private static func isNamed(_ name: String, in tree: TreeDescription?) -> Bool {
        guard case .items(let items)? = tree else { return false }
        return items.contains { $0.path.prefix { $0 != 0x2f }.elementsEqual(name.utf8) }
    }

    /// Everything as the case describes it.
    func prepare() throws {
        for plot in canaries.map(\.plot) + [beside, source, destination] { try plot.prepare() }
    }

    /// What was touched that nobody has any business with.
    var violations: [String] {
        canaries.flatMap { canary in
            canary.plot.touched.map { path in path.isEmpty ? canary.name : "\(canary.name)/\(TreeSnapshot.shown(path))" }
        }
    }

    func remove() { RemoveTree.remove([UInt8](root.utf8)) }
}

/// What stands in braces in a case, and what it is in a cell.
struct Placeholders {
    let box: String

    private static let names: [(name: [UInt8], path: String)] = [
        ("{box}", ""), ("{sandbox}", ""), ("{dir}", ""), ("{source}", "/src"), ("{destination}", "/dst"),
    ].map { (Array($0.0.utf8), $0.1) }

    func expand(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: "{")) else { return text }
        var expanded: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "{"), let found = Self.names.first(where: { rest.starts(with: $0.name) }) {
                expanded += Array((box + found.path).utf8)
                rest = rest.dropFirst(found.name.count)
            } else {
                expanded.append(byte)
                rest = rest.dropFirst()
            }
        }
        return expanded
    }

    func expand(_ text: String) -> String { String(decoding: expand(Array(text.utf8)), as: UTF8.self) }

    /// In every text of a script's steps.
    func expand(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(expand(text))
        case .array(let items): .array(items.map { expand($0) })
        case .object(let object): .object(JSONObject(object.members.map { .init(name: $0.name, value: expand($0.value)) }))
        default: value
        }
    }
}
