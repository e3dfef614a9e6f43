/// A protocol number. 27 is rsync 2.6.0; 32 is rsync 3.4.0 and later.
///
/// Nothing outside `SessionTraits.swift` and this file compares it: the rest asks `SessionTraits` (CONTRIBUTING, rule 3).
public struct ProtocolVersion: Sendable, Hashable, CustomStringConvertible {
    public let number: Int32

    /// The oldest that this implementation speaks (SES-38).
    public static let oldest = ProtocolVersion(unchecked: 27)
    /// The newest that this implementation speaks.
    public static let newest = ProtocolVersion(unchecked: 32)
    public static let all: [ProtocolVersion] = (oldest.number...newest.number).map(ProtocolVersion.init(unchecked:))

    /// nil outside 27...32.
    public init?(_ number: Int32) {
        guard number >= Self.oldest.number, number <= Self.newest.number else { return nil }
        self.number = number
    }

    private init(unchecked number: Int32) { self.number = number }

    /// What comes of two announced numbers: the smaller one (SES-32), with the range checks of SES-34 to SES-38.
    public static func agreed(own: ProtocolVersion, peer: Int32) -> Agreement {
        guard mayBeAProtocol(peer) else { return .notAProtocol }
        let lower = min(own.number, peer)
        guard let version = ProtocolVersion(lower) else { return .tooOld(lower) }
        return .version(version)
    }

    /// Whether a peer would announce this number (SES-34).
    public static func mayBeAProtocol(_ number: Int32) -> Bool { number >= 20 && number <= 40 }

    public enum Agreement: Sendable, Equatable {
        case version(ProtocolVersion)
        /// The number is none a peer would send (SES-34).
        case notAProtocol
        /// The peer speaks nothing this implementation speaks (SES-37, SES-38).
        case tooOld(Int32)
    }

    /// Whether a client that announces this number offers a capability string (ARG-12).
    public var offersCapabilities: Bool { number >= 30 }
    public var description: String { String(number) }
}
