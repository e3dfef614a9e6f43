import RsyncProtocol
import RsyncWire

/// What a client that writes a batch file keeps of a stream (XFR-138): the header, then the sender's data as it is, without
/// frames.
final class StreamRecorder {
    private let file: any ByteStream
    /// Of the side that records, for messages.
    private let role: String
    private var waiting = ByteWriter(reserving: 2 * chunk)
    private static let chunk = 64 * 1024

    init(_ file: any ByteStream, _ header: BatchHeader, role: String) {
        self.file = file
        self.role = role
        header.write(to: &waiting)
    }

    func add(_ bytes: [UInt8], _ range: Range<Int>) throws(SessionError) {
        waiting.bytes(bytes[range])
        if waiting.count >= Self.chunk { try flush() }
    }

    func add(_ body: (inout ByteWriter) -> Void) throws(SessionError) {
        body(&waiting)
        if waiting.count >= Self.chunk { try flush() }
    }

    /// Everything into the file; to be called at the end.
    func flush() throws(SessionError) {
        do throws(StreamError) {
            try file.write(waiting.bytes, 0..<waiting.count)
        } catch {
            guard case .writeFailed(let errno) = error else { throw .stream(error, role: role) }
            throw SessionError(exitCode: 11, "write error on the batch file: \(errorText(errno))")
        }
        waiting.removeAll()
    }
}

extension BatchOptions {
    /// XFR-140.
    init(_ options: TransferOptions, _ connection: Connection) {
        self = []
        func set(_ option: BatchOptions, _ isOn: Bool) { if isOn { insert(option) } }
        set(.recursive, options.recursive)
        set(.owner, options.preserveOwner)
        set(.group, options.preserveGroup)
        set(.links, options.preserveLinks)
        set(.devices, options.preserveDevices)
        set(.hardLinks, options.preserveHardLinks)
        set(.checksum, options.compareChecksums)
        set(.directories, options.recursive || options.listDirectories)
        set(.compress, connection.compression != .none)
        set(.iconv, connection.names != nil)
        set(.acls, options.preserveAccessLists)
        set(.xattrs, options.preserveXattrs)
        set(.inPlace, options.inPlace)
        set(.append, options.append == .plain)
        set(.appendVerify, options.append == .verifying)
    }
}
