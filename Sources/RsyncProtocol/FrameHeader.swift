import RsyncWire

/// The head of a frame of a multiplexed direction (SES-81).
///
/// | bytes | field | encoding |
/// |---|---|---|
/// | 0...2 | length | unsigned 24-bit little-endian |
/// | 3 | tag | byte, 7 + code |
public struct FrameHeader: Sendable, Equatable {
    public let code: MessageCode
    /// Bytes of payload that follow.
    public let length: Int

    /// Bytes of a header.
    public static let size = 4
    /// Longest payload a header can announce (SES-85).
    public static let largestData = 0xff_ffff
    /// Longest text or deleted name a reader accepts: 5120 and more are refused (SES-86).
    public static let largestText = 5119
    /// What the tag adds to the code.
    static let tagBase: UInt8 = 7

    /// Precondition: the code takes a payload of this length.
    public init(code: MessageCode, length: Int) {
        precondition(length >= 0 && code.accepts(length: length), "no frame of this code has this length")
        self.code = code
        self.length = length
    }

    /// Refuses codes that nobody knows (SES-89) or that never leave the receiving side (SES-90), and lengths that
    /// the code does not allow (SES-86, SES-91). All of them end with exit code 12.
    public init(reading reader: inout ByteReader) throws(WireError) {
        let offset = reader.consumed
        let header = UInt32(bitPattern: try reader.int32())
        let tag = UInt8(truncatingIfNeeded: header >> 24)
        let length = Int(header & 0xff_ffff)
        guard tag >= Self.tagBase, let code = MessageCode(rawValue: tag - Self.tagBase) else {
            // The reference shows the tag read as a signed byte, less 7.
            let shown = Int64(Int8(bitPattern: tag)) - Int64(Self.tagBase)
            throw WireError(.malformed, field: "tag", clause: "SES-89", offset: offset + 3, value: shown)
        }
        guard !code.isPrivate || Knob.acceptsPrivateFrames.isOn else {
            throw WireError(
                .malformed, field: "code", clause: "SES-90", offset: offset + 3, value: Int64(code.rawValue))
        }
        guard code.accepts(length: length) else {
            throw WireError(.outOfRange, field: "length", clause: "SES-91", offset: offset, value: Int64(length))
        }
        self.code = code
        self.length = length
    }

    public func write(to writer: inout ByteWriter) { writer.int32(encoded) }

    /// Writes it over the four bytes at `offset`, kept free for it before the payload was there to be measured.
    public func write(to writer: inout ByteWriter, at offset: Int) { writer.replace(at: offset, int32: encoded) }

    private var encoded: Int32 {
        let tag = UInt32(code.rawValue + Self.tagBase) << 24
        return Int32(bitPattern: tag | UInt32(Knob.frameLengthIsLess.isOn && code == .data && length > 1 ? length - 1 : length))
    }
}
