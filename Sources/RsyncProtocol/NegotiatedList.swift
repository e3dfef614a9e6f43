import RsyncDigest
import RsyncWire

/// A name that both sides can agree on.
public protocol NegotiableName: Sendable, Hashable, CaseIterable, RawRepresentable<String> {
    /// By any spelling of the name, aliases included; nil for an unknown one (SES-52).
    init?(_ name: String)
    static var none: Self { get }
}

extension ChecksumName: NegotiableName {}
extension CompressionName: NegotiableName {}

/// The list of names one side offers (SES-55 to SES-58): a vstring, names separated by single spaces.
public struct NegotiatedList<Name: NegotiableName>: Sendable, Equatable {
    /// The names this implementation knows, in the order of the list, each once.
    public let names: [Name]
    /// The text as it is on the wire.
    public let text: [UInt8]

    /// Longest list that counts (SES-57).
    public static var longest: Int { 255 }

    /// An own list. Precondition: short enough, as every list of known names is.
    public init(offering names: [Name]) {
        self.names = names
        text = names.isEmpty ? Array("INVALID".utf8) : Array(names.map(\.rawValue).joined(separator: Knob.nameListHasTwoSpaces.isOn ? "," : " ").utf8)
        precondition(text.count <= Self.longest, "a list is at most 255 bytes")
    }

    /// The default list: everything supported in canonical order; a server adds `none` (SES-55).
    public static func standard(isServer: Bool, supported: [Name] = Array(Name.allCases)) -> Self {
        let names = Name.allCases.filter { $0 != .none && supported.contains($0) }
        return Self(offering: isServer ? names + [.none] : names)
    }

    /// A peer's list. One above 255 bytes is read and counts as having no name in common (SES-57).
    public init(reading reader: inout ByteReader) throws(WireError) {
        text = try reader.vString(limit: 0x7fff, field: "list", clause: "SES-57", exitCode: 4)
        names = text.count > Self.longest ? [] : Self.names(in: text)
    }

    public func write(to writer: inout ByteWriter) { writer.vString(text) }

    /// What a client takes: the first of its own names that the server has too; nil for fatal(4) (SES-60, SES-62).
    public func chosen(byClientFrom server: Self) -> Name? { Knob.clientTakesServersFirst.isOn ? server.names.first(where: names.contains) : names.first(where: server.names.contains) }

    /// What a server takes: the first of the client's names that it has too; nil for fatal(4) (SES-61).
    public func chosen(byServerFrom client: Self) -> Name? { Knob.serverTakesOwnFirst.isOn ? names.first(where: client.names.contains) : client.names.first(where: names.contains) }

    /// A list from RSYNC_CHECKSUM_LIST or RSYNC_COMPRESS_LIST; nil for an empty or blank value, which means the
    /// default. A value without a single valid name becomes the list `INVALID` (SES-58).
    public init?(environment value: String, isServer: Bool, supported: [Name] = Array(Name.allCases)) {
        let parts = value.utf8.split(separator: 0x26, maxSplits: 1, omittingEmptySubsequences: false)
        let own = Array(isServer && parts.count > 1 ? parts[1] : parts[0])
        guard own.contains(where: { !Self.isSpace($0) }) else { return nil }
        self.init(offering: Self.names(in: own).filter(supported.contains))
    }

    private static func names(in text: [UInt8]) -> [Name] {
        var found: [Name] = []
        for word in text.split(whereSeparator: isSpace) {
            guard let name = Name(String(decoding: word, as: UTF8.self)), !found.contains(name) else { continue }
            found.append(name)
        }
        return found
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }
}
