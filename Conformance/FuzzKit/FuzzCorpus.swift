import RsyncProtocol
import RsyncWire
import TraceKit

/// Inputs made of the recorded traces: what the peer said in each, for the role that heard it.
public enum FuzzCorpus {
    /// One input for each role of a trace whose options a shape can stand for; none for others.
    public static func inputs(of trace: Trace) -> [(target: FuzzTarget, input: [UInt8])] {
        let head = FuzzShape.head(version: trace.header.protocolNumber, bits: bits(of: trace.header.arguments), isRaw: true)
        let isPush = trace.header.role == .push
        return [
            (isPush ? .clientSender : .clientReceiver, head + trace.bytes(.toClient)),
            (isPush ? .serverReceiver : .serverSender, head + trace.bytes(.toServer)),
        ]
    }

    private static let letters: [Character: FuzzShape.Bit] = [
        "r": .recursive, "l": .links, "p": .permissions, "t": .times, "o": .owners, "D": .devices, "H": .hardLinks, "c": .checksum,
        "X": .xattrs, "A": .accessLists, "z": .codecLow,
    ]

    private static func bits(of arguments: [[UInt8]]) -> [FuzzShape.Bit] {
        var bits: [FuzzShape.Bit] = []
        for word in arguments.map({ String(decoding: $0, as: UTF8.self) }).prefix(while: { $0 != "." }) {
            if word.hasPrefix("--delete") { bits.append(.deletes) }
            if word == "--numeric-ids" { bits.append(.numericIds) }
            guard word.hasPrefix("-"), !word.hasPrefix("--") else { continue }
            let parts = word.dropFirst().split(separator: "e", maxSplits: 1)
            bits += (parts.first ?? "").compactMap { letters[$0] }
            if parts.count > 1, parts[1].contains("i") { bits.append(.incremental) }
        }
        return bits
    }

    /// The file list of a trace without frames is not at hand; what is are the structures' vectors and texts that people write.
    public static let texts: [(target: FuzzTarget, input: String)] = [
        (.filters, "\u{3}- *.o\n+ /keep/***\n-! */\n: .rules\nP,x user.*\nH_hidden\n- a[!b-d[:digit:]]**/z\na/b.o\nkeep/x/y\n.rules\nz"),
        (.filters, "\u{a}-C\n:C\n.n- file\nR perishable\n-p cache/\ncache/\nperishable"),
        (.arguments, "-avz\0--delete\0--exclude=*.o\0src/\0host:dst"),
        (.arguments, "--server\0--sender\0-vlogDtpre.iLsfxCIvu\0.\0src/"),
        (.arguments, "--server\0-s\0--log-format=%i\0--files-from=-\0--from0\0.\0dst\0\0"),
        (.requests, "\u{2}rsync --server --sender -logDtpre.iLsfxCIvu . photos/"),
        (.requests, "\u{0}backup root=/home exclude=%2a.o want=checksum timeout=60"),
        (.requests, "\u{0}EBB/1 RUN\nrsync\n--server\n--sender\n-logDtpr\n.\n/home\n\n"),
        (.requests, "\u{0}EBB/1 REFUSED 1 not now\n"),
    ]
}
