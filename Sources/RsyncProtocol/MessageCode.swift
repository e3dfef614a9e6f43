/// What a frame carries (SES-88). The raw value is the code; the header byte is 7 more.
public enum MessageCode: UInt8, Sendable, Hashable, CaseIterable {
    case data = 0
    case errorXfer = 1
    case info = 2
    case error = 3
    case warning = 4
    case errorSocket = 5
    case log = 6
    case client = 7
    case errorUTF8 = 8
    case redo = 9
    case stats = 10
    case ioError = 22
    case ioTimeout = 33
    case noop = 42
    case errorExit = 86
    case success = 100
    case deleted = 101
    case noSend = 102

    /// Legal only inside the receiving side, never on the connection (SES-90).
    public var isPrivate: Bool {
        switch self {
        case .errorSocket, .log, .client, .errorUTF8, .redo, .stats: true
        case .data, .errorXfer, .info, .error, .warning, .ioError, .ioTimeout, .noop, .errorExit, .success, .deleted,
            .noSend: false
        }
    }

    /// A text for the user (SES-93).
    public var isText: Bool {
        switch self {
        case .errorXfer, .info, .error, .warning: true
        default: false
        }
    }

    /// Whether a payload of `length` bytes can be right (SES-85, SES-86, SES-91).
    func accepts(length: Int) -> Bool {
        switch self {
        case .data: length <= FrameHeader.largestData
        case .errorXfer, .info, .error, .warning, .deleted: length <= FrameHeader.largestText
        case .noop: length == 0
        case .errorExit: length == 0 || length == 4
        case .ioError, .ioTimeout, .noSend: length == 4
        // With device and inode between the halves of a local copy, which whoever reads it knows (SES-107).
        case .success: length == 4 || length == 20
        case .errorSocket, .log, .client, .errorUTF8, .redo, .stats: false
        }
    }
}
