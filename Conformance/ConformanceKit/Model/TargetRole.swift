/// What the program under test is in a session.
public enum TargetRole: String, Sendable, Codable, CaseIterable, Hashable, Comparable {
    case serverSender = "server-sender"
    case serverReceiver = "server-receiver"
    case clientSender = "client-sender"
    case clientReceiver = "client-receiver"
    /// A forced command (RSH).
    case restricted

    public var isServer: Bool { self == .serverSender || self == .serverReceiver || self == .restricted }
    /// Of the four roles that say so.
    public var isSender: Bool { self == .serverSender || self == .clientSender }
    public var isReceiver: Bool { self == .serverReceiver || self == .clientReceiver }

    public static func < (left: TargetRole, right: TargetRole) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}
