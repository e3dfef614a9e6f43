import Glibc
import TraceKit

/// Makes a session again from what the head of its trace says: peer, options, trees, what was done under way.
public struct TraceRecipe: Sendable {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Which program stands for which name in a head.
    public struct Programs: Sendable {
        /// NAME-VERSION to the program's file.
        public var files: [String: String]

        /// All that `PeerCatalogue` finds. BackupPC's fork works on a store of its own and is reached through
        /// `Conformance/examples/rsync-bpc`.
        public static func found(packageRoot: String) -> Programs {
            var files: [String: String] = [:]
            for peer in PeerCatalogue.all(packageRoot: packageRoot).reversed() {
                files["\(peer)"] = peer.name == "rsync_bpc" ? "\(packageRoot)/Conformance/examples/rsync-bpc" : peer.executable
            }
            return Programs(files: files)
        }
    }

    private let header: TraceHeader
    private let programs: Programs
    /// `rsync-conform` itself, absolute.
    private let recorder: String
    /// Where the archives are, absolute.
    private let trees: String

    public init(_ header: TraceHeader, programs: Programs, recorder: String, trees: String) {
        self.header = header
        self.programs = programs
        self.recorder = recorder
        self.trees = trees
    }

    private var peer: String { "\(header.peer)-\(header.version)" }

    /// Why this session cannot be made here; nil when it can.
    public var obstacle: String? {
        if header.options.isEmpty { return "its options are not known" }
        guard header.sourceTree != nil else { return "its source is not known" }
        for name in [peer, header.client ?? peer] where programs.files[name] == nil { return "there is no \(name) here" }
        if !header.losses.isEmpty { return "it is not as it was recorded" }
        return nil
    }

    /// Runs the session in a directory of its own and returns what was recorded, under the same head.
    public func record() throws -> Trace {
        if let obstacle { throw Failure(description: obstacle) }
        guard let server = programs.files[peer], let client = programs.files[header.client ?? peer] else {
            throw Failure(description: "there is no \(peer) here")
        }
        let work = try TemporaryDirectory(prefix: "trace")
        defer { work.remove() }
        let here = "\(work.path)/here"
        try make("\(here)/src", from: header.sourceTree)
        if let destination = header.destinationTree { try make("\(here)/dst", from: destination) }
        if let beside = header.besideTree { try unpack(beside, at: here) }
        let output = "\(work.path)/session.trace"
        var shell = "#!/bin/sh\nexec '\(recorder)' trace record --here -o '\(output)' --peer \(peer)"
        if let deed = header.interference { shell += " --\(deed.deed.rawValue) '\(deed.path)'" }
        try FileBytes.write([UInt8]("\(shell) -- \"$@\"\n".utf8), to: "\(work.path)/shell", permissions: 0o755)

        let reached = header.role == .push ? ["src/", "here:dst/"] : ["here:src/", "dst/"]
        let before = [client, "-e", "\(work.path)/shell", "--rsync-path=\(server)"].map { [UInt8]($0.utf8) }
        let words = before + header.options + reached.map { [UInt8]($0.utf8) }
        let (outcome, said) = try run(words, in: here, errors: "\(work.path)/errors")
        guard unsafe access(output, R_OK) == 0 else {
            throw Failure(description: "nothing was recorded: \(String(decoding: said.prefix(300), as: UTF8.self))")
        }
        let recorded = try Trace(text: FileBytes.read(output))
        var trace = recorded
        trace.header = header
        trace.header.arguments = recorded.header.arguments
        trace.header.protocolNumber = recorded.header.protocolNumber
        trace.header.isInterleaved = true
        trace.header.exitStatus = outcome.shellStatus
        // What was said about the session names the client's own place, and the numbers of its processes.
        trace.header.errorOutput = said.replacing([UInt8](here.utf8), with: [UInt8]("{here}".utf8))
        return trace
    }

    private func make(_ place: String, from archive: String?) throws {
        try directories(place)
        if let archive { try unpack(archive, at: place) }
    }

    private func directories(_ path: String) throws {
        for (index, character) in zip(path.indices, path) where character == "/" && index != path.startIndex {
            _ = unsafe mkdir(String(path[..<index]), 0o755)
        }
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw FileBytes.Failure(path: path, errno: errno) }
    }

    private func unpack(_ archive: String, at place: String) throws {
        try Self.unpack("\(trees)/\(archive)", at: place)
    }

    /// With owners, times, extended attributes and access lists, as far as the archive has them.
    public static func unpack(_ archive: String, at place: String) throws {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let words = ["tar", "-x", "-p", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls", "-f", archive, "-C", place]
        let tar = try SpawnedProcess(words, input: null, output: null)
        guard tar.wait() == .exited(0) else { throw Failure(description: "\(archive) cannot be unpacked") }
    }

    private func run(_ words: [[UInt8]], in directory: String, errors: String) throws -> (SpawnedProcess.Outcome, [UInt8]) {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        let said = unsafe open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer {
            close(null)
            close(said)
        }
        let change = ["/bin/sh", "-c", "umask 022; cd \"$1\" && shift && exec \"$@\"", "sh", directory].map { [UInt8]($0.utf8) }
        let child = try SpawnedProcess(
            change + words, environment: ["LC_ALL": "C", "TZ": "UTC"], input: null, output: null, errors: said)
        let outcome = child.wait()
        return (outcome, try FileBytes.read(errors))
    }
}
