/// One line of a trace's dump: direction, offset, up to 16 bytes, and the same bytes as characters.
///
///   > 00000010  1f 00 00 00 0d 0a 2e 2e  68 65 6c 6c 6f           |........hello|
enum HexLine {
    static let width = 16
    private static let space = UInt8(ascii: " ")
    private static let bar = UInt8(ascii: "|")
    /// Where the characters begin: two for the direction, ten for the offset, three a byte, one for the middle.
    private static let charactersColumn = 2 + 10 + 3 * width + 1 + 1

    static func write(
        _ bytes: ArraySlice<UInt8>, offset: Int, _ direction: Trace.Direction, into text: inout [UInt8]
    ) {
        precondition(bytes.count <= width && offset <= Int(UInt32.max), "a line is at most 16 bytes below 4 GiB")
        let start = text.count
        text.append(direction == .toServer ? UInt8(ascii: ">") : UInt8(ascii: "<"))
        text.append(space)
        for shift in stride(from: 24, through: 0, by: -8) { appendHex(UInt8(offset >> shift & 0xff), to: &text) }
        text.append(space)
        for (index, byte) in bytes.enumerated() {
            if index % 8 == 0 { text.append(space) }
            appendHex(byte, to: &text)
            text.append(space)
        }
        while text.count - start < charactersColumn { text.append(space) }
        text.append(bar)
        for byte in bytes { text.append((0x20..<0x7f).contains(byte) ? byte : UInt8(ascii: ".")) }
        text.append(bar)
        text.append(0x0a)
    }

    static func read(
        _ line: ArraySlice<UInt8>, number: Int
    ) throws(TraceTextError) -> (Trace.Direction, offset: Int, bytes: [UInt8]) {
        let defect = TraceTextError(line: number, reason: "this is no line of a dump")
        let direction: Trace.Direction
        switch line.first {
        case UInt8(ascii: ">"): direction = .toServer
        case UInt8(ascii: "<"): direction = .toClient
        default: throw defect
        }
        let text = [UInt8](line)
        guard text.count > charactersColumn else { throw defect }
        var offset = 0
        for index in 0..<4 {
            guard let byte = hexValue(text[2 + 2 * index], text[3 + 2 * index]) else { throw defect }
            offset = offset << 8 | Int(byte)
        }
        var bytes: [UInt8] = []
        var column = 11
        for index in 0..<width {
            if index % 8 == 0 { column += 1 }
            guard text[column] != space else { break }
            guard let byte = hexValue(text[column], text[column + 1]) else { throw defect }
            bytes.append(byte)
            column += 3
        }
        // Written again it must be the same line: no second spelling, nothing behind the bytes, no wrong character.
        var again: [UInt8] = []
        write(bytes[...], offset: offset, direction, into: &again)
        guard !bytes.isEmpty, again.dropLast().elementsEqual(text) else { throw defect }
        return (direction, offset, bytes)
    }
}
