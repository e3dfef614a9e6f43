import RestrictedShell
import ReverseSession
import RsyncFilter
import RsyncOptions
import RsyncWire
import TraceKit

/// Readers of texts: rules, command lines, requests, trace files.
enum FuzzTexts {
    /// Lines: the first half of them as rules, the rest as names to be judged by these.
    static func filters(_ input: [UInt8]) {
        var choices = FuzzChoices(input)
        let choice = choices.byte()
        let form = FilterWireForm(
            clientIsReceiver: choice & 1 != 0, hasFullSyntax: choice & 2 != 0, hasPerishable: choice & 4 != 0,
            isSentWithDeleteExcluded: true, deletes: true, prunesEmptyDirectories: false)
        let lines = choices.bytes.split(separator: 0x0a, maxSplits: 64, omittingEmptySubsequences: false).map { [UInt8]($0) }
        let files = OneFile(content: choices.bytes)
        var list = FilterList()
        list.deletesExcluded = choice & 8 != 0
        for line in lines.prefix(lines.count / 2) {
            try? list.add(parsing: line, reader: files)
            try? list.add(exclude: line)
            try? list.add(received: line, form: form, side: .sender, reader: files)
        }
        for name in lines.suffix(lines.count - lines.count / 2) where name.count < 4096 {
            _ = list.check(name, isDirectory: choice & 16 != 0, side: .sender)
            _ = list.check(name, isDirectory: true, side: .receiver, insideDoomedDirectory: true)
            _ = list.checkAttribute(name, side: .sender)
            _ = list.wouldBeWithheld(name, isDirectory: false, isImplied: false)
        }
        // What goes out must be read again by the other end.
        var writer = ByteWriter()
        guard (try? list.encode(into: &writer, form: form)) != nil, writer.count > 0 else { return }
        var reader = ByteReader(writer.bytes)
        var texts = FilterTextReader()
        while let text = try? texts.next(&reader) {
            var other = FilterList()
            try? other.add(received: text, form: form, side: form.clientIsReceiver ? .sender : .receiver, reader: files)
        }
        var requested = RequestedNames(
            arguments: Array(lines.prefix(2)),
            options: RequestedNames.Options(relative: choice & 32 != 0, recursive: true, directories: false))
        for line in lines.prefix(4) { requested.add(line) }
        for name in lines { _ = requested.check(name, isDirectory: true) }
    }

    /// The same content under every name, so that files that merge themselves are met.
    private struct OneFile: FilterFileReader {
        let content: [UInt8]
        func contents(of location: FilterFileLocation) -> [UInt8]? { content }
        var cvsIgnoreVariable: [UInt8]? { content }
    }

    /// Words between zero bytes.
    static func arguments(_ input: [UInt8]) {
        let words = input.split(separator: 0, maxSplits: 200, omittingEmptySubsequences: false).map { [UInt8]($0) }
        if let parsed = try? ParsedArguments(parsing: words), !parsed.isServer {
            for role in [ServerArguments.Role.sender, .receiver] {
                guard let sent = try? ServerArguments.compose(parsed, role: role, capabilities: [], paths: parsed.positional)
                else { continue }
                _ = try? ParsedArguments(parsing: sent.commandLine)
            }
        }
        _ = try? ParsedArguments(parsing: [Array("--server".utf8)] + words)
        var decoder = SecludedArguments.Decoder()
        for byte in input {
            guard let list = try? decoder.add(byte) else { continue }
            if var server = try? ParsedArguments(parsing: ["--server", "-s"]) { try? server.add(secluded: list) }
            return
        }
    }

    static func requests(_ input: [UInt8]) {
        var choices = FuzzChoices(input)
        let choice = choices.byte()
        let bytes = choices.bytes
        var policy = RestrictedPolicy()
        policy.mode = choice & 1 != 0 ? .readOnly : choice & 2 != 0 ? .writeOnly : .both
        policy.munges = choice & 4 != 0
        policy.forbidsDeletion = choice & 8 != 0
        policy.forbidsOverwriting = choice & 16 != 0
        if choice & 32 != 0 { policy.absoluteAlias = Array("/srv/data".utf8) }
        if let request = try? RestrictedRequest(bytes, policy: policy) { _ = try? request.arguments { pattern, _ in [pattern] } }
        if let request = try? BackupRequest(parsing: bytes) {
            precondition((try? BackupRequest(parsing: request.encoded)) == request, "a request does not come back from its text")
        }
        var opening = OpeningReader()
        if (try? opening.take(bytes, 0..<bytes.count)) != nil { _ = try? opening.finish() }
    }

    static func traces(_ input: [UInt8]) {
        guard let trace = try? Trace(text: input) else { return }
        _ = Dissection(trace)
        precondition((try? Trace(text: trace.text)) != nil, "a trace that was read cannot be read again")
    }
}
