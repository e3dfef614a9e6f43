import RsyncDigest
import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import TraceKit

/// One role from its first byte to its end, on trees in memory, against a peer that says what the input says.
struct FuzzSession {
    private let role: (isServer: Bool, isSender: Bool)
    private let shape: FuzzShape
    private let bytes: [UInt8]

    init(_ target: FuzzTarget, _ input: [UInt8]) {
        guard let role = target.role else { preconditionFailure("\(target) is no role") }
        self.role = role
        var choices = FuzzChoices(input)
        shape = FuzzShape(&choices)
        bytes = shape.isRaw ? choices.bytes : Self.framed(choices.bytes, shape, isServer: role.isServer)
    }

    /// The peer's start of a session of this shape, and the data behind it in frames.
    private static func framed(_ data: [UInt8], _ shape: FuzzShape, isServer: Bool) -> [UInt8] {
        var writer = ByteWriter()
        writer.int32(shape.version.number)
        if !isServer {
            if shape.traits.hasCompatFlags { shape.compat.write(to: &writer) }
            writer.int32(1)
        }
        guard !isServer || shape.traits.clientStreamIsMultiplexed else { return writer.bytes + data }
        var rest = data[...]
        while !rest.isEmpty {
            let piece = rest.prefix(4096)
            FrameHeader(code: .data, length: piece.count).write(to: &writer)
            writer.bytes(piece)
            rest = rest.dropFirst(piece.count)
        }
        return writer.bytes
    }

    func run() {
        let capabilities = shape.traits.hasCompatFlags ? (shape.has(.incremental) ? ".iLsfxCIvu" : ".LsfxCIvu") : ""
        let configuration = SessionConfiguration(
            isServer: role.isServer, isSender: role.isSender, version: shape.version,
            capabilities: Capabilities(optionValue: Array(capabilities.utf8)), seed: 1)
        let environment = SessionEnvironment(
            identities: MemoryIdentities(users: [0: "root"], groups: [0: "root"]), umask: 0o022, milliseconds: { 0 })
        let session = Session(
            configuration: configuration, options: shape.options, stream: FuzzStream(bytes, waits: !role.isSender),
            observer: Silence(), environment: environment)
        if role.isSender {
            _ = session.runSender([
                SourceArgument(tree: Self.source(), wireName: [0x2e], start: .root, namesContents: true)
            ])
        } else {
            let names = RequestedNames(
                arguments: [Array("src/".utf8)],
                options: RequestedNames.Options(relative: false, recursive: true, directories: false))
            _ = session.runReceiver(Opener(Destination(tree: Self.destination())), requested: role.isServer ? nil : names)
        }
    }

    private static func source() -> MemoryTree {
        let tree = MemoryTree()
        tree.file("a", [UInt8](repeating: 0x61, count: 3000))
        tree.directory("d")
        tree.file("d/b", "some text")
        tree.link("d/c", to: "a")
        tree.symlink("l", to: "a")
        return tree
    }

    /// Something to compare with, to delete and to stand in the way.
    private static func destination() -> MemoryTree {
        let tree = source()
        tree.overwrite("a") { $0[1500] = 0x62 }
        tree.directory("five")
        tree.file("five/old", "x")
        tree.file("block", [UInt8](repeating: 0x33, count: 700))
        return tree
    }

    private final class Silence: SessionObserver {
        func handle(_ event: SessionEvent) {}
    }

    private final class Opener: DestinationOpener {
        let destination: Destination
        init(_ destination: Destination) { self.destination = destination }
        func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination { destination }
    }
}
