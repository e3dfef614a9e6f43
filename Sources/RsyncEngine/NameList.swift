import RsyncProtocol
import RsyncWire

/// The names of `--files-from`: in a file, on the wire, and as source arguments (SES-120 to SES-127).
public enum NameList {
    /// What the sender makes of a file at its own end: comments and empty lines name nothing (SES-123).
    public static func words(_ content: [UInt8], nulTerminated: Bool) -> [[UInt8]] {
        lines(content, nulTerminated).filter { $0.first != UInt8(ascii: "#") && $0.first != UInt8(ascii: ";") }
            .map { [UInt8]($0) }
    }

    /// What is forwarded for a file: every line with a NUL behind it, and an empty one (SES-122, SES-123).
    public static func wireForm(_ content: [UInt8], nulTerminated: Bool) -> [UInt8] {
        var form: [UInt8] = []
        form.reserveCapacity(content.count + 2)
        for line in lines(content, nulTerminated) {
            form.append(contentsOf: line)
            form.append(0)
        }
        form.append(0)
        return form
    }

    /// The names that `wireForm` carries, comments included, for what is checked against them.
    public static func forwarded(_ content: [UInt8], nulTerminated: Bool) -> [[UInt8]] {
        lines(content, nulTerminated).map { [UInt8]($0) }
    }

    private static func lines(_ content: [UInt8], _ nulTerminated: Bool) -> [ArraySlice<UInt8>] {
        content.split { $0 == 0 || !nulTerminated && ($0 == 0x0a || $0 == 0x0d) }
    }

    /// A name as a source argument: it starts beneath the base directory whatever it says (HOS-89). `..` takes back
    /// what stands before it and never more; `.` is kept where `-R` gives it a meaning.
    public static func confined(_ name: [UInt8], relative: Bool) -> [UInt8] {
        let parts = name.split(separator: slash, omittingEmptySubsequences: false)
        var kept: [ArraySlice<UInt8>] = []
        for part in parts where !part.isEmpty {
            if part.elementsEqual("..".utf8) {
                _ = kept.popLast()
            } else if relative || !part.elementsEqual(".".utf8) {
                kept.append(part)
            }
        }
        guard let last = parts.last, let end = kept.last else { return [UInt8(ascii: ".")] }
        var result = [UInt8](kept.joined(separator: [slash]))
        let namesContents = last.isEmpty || last.elementsEqual("..".utf8) || last.elementsEqual(".".utf8)
        if namesContents, !(end.elementsEqual(".".utf8) && !last.isEmpty) { result.append(slash) }
        return result
    }

    private static let slash = UInt8(ascii: "/")
}

/// Puts names on the wire while the other side's file list comes in: neither waits for the other (SES-121).
///
/// `@unchecked Sendable`: until `finish` returns, nobody else uses the output.
final class NameForwarder: @unchecked Sendable {
    private let output: ProtocolOutput
    private let names: [UInt8]
    private var error: SessionError?
    private var thread: WorkerThread?

    /// Starts at once. Where names are no data of frames there are no frames around them either (SES-125).
    init(_ names: [UInt8], _ connection: Connection) throws(SessionError) {
        self.names = names
        output = connection.output
        let wasMultiplexed = output.isMultiplexed
        let traits = connection.traits
        if wasMultiplexed, !traits.filesFromIsFramed { try output.suspendMultiplexing() }
        thread = WorkerThread { [self] in
            do throws(SessionError) {
                try output.write(names, 0..<names.count)
                try output.flush()
                if wasMultiplexed, !traits.filesFromIsFramed { try output.startMultiplexing(traits) }
            } catch {
                self.error = error
            }
        }
    }

    /// The list is complete, so the names have been read.
    func finish() throws(SessionError) {
        thread?.join()
        if let error { throw error }
    }

    /// False when the output is still being written to, by a peer that does not read.
    func isOver(within milliseconds: Int64) -> Bool { thread?.join(milliseconds: milliseconds) ?? true }
}

extension Session {
    /// The names that the peer forwards (SES-122). What is too long to be a name stays too long.
    func readNames(_ connection: Connection) throws(SessionError) -> [[UInt8]] {
        let suspends = input.isMultiplexed && !connection.traits.filesFromIsFramed
        if suspends { try input.suspendMultiplexing() }
        var names: [[UInt8]] = []
        var bytes = 0
        while true {
            let name = try input.terminatedBytes(limit: RelativePath.maximumLength + 1)
            if name.isEmpty { break }
            bytes += name.count
            guard bytes <= Self.largestNameList else {
                throw SessionError(exitCode: 22, "a list of more than \(Self.largestNameList) bytes of names [SES-122]")
            }
            names.append(name)
        }
        if suspends { input.startMultiplexing() }
        return names
    }

    private static var largestNameList: Int { 1 << 30 }
}
