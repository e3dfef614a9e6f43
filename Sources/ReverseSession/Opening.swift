import RsyncEngine

/// The gate's first words on standard output (REV-10 to REV-16).
///
///     EBB/1 RUN⏎ word⏎ word⏎ … ⏎                 or          EBB/1 REFUSED code text⏎
public enum Opening: Sendable, Equatable {
    /// The sender's argument vector, program name first.
    case run([[UInt8]])
    case refused(GateRefusal)

    /// REV-11: room for the longest path.
    public static let maximumWordLength = 4096
    /// REV-12: 64 roots and a generous number of options.
    public static let maximumWords = 256
    /// REV-10: the fixed words, the code and the text of a refusal.
    public static let maximumFirstLineLength = 14 + 32 + 1 + GateRefusal.maximumTextLength

    static let runLine = [UInt8]("EBB/1 RUN".utf8)
    static let refusedPrefix = [UInt8]("EBB/1 REFUSED ".utf8)

    /// The bytes to send. Refuses a word that a line cannot carry (REV-11) instead of altering it.
    public func encoded() throws(OpeningError) -> [UInt8] {
        switch self {
        case .refused(let refusal):
            return Self.refusedPrefix + refusal.code.word.utf8 + [0x20] + refusal.line + [0x0a]
        case .run(let words):
            guard words.count >= 3, words.count <= Self.maximumWords else { throw .tooManyWords }
            var bytes = Self.runLine + [0x0a]
            for word in words {
                guard !word.isEmpty, word.count <= Self.maximumWordLength else { throw .lineTooLong }
                guard !word.contains(where: isControl) else { throw .controlCharacter }
                bytes += word + [0x0a]
            }
            return bytes + [0x0a]
        }
    }
}

/// Why what came is not an opening. Nothing has been started when one of these is thrown.
public enum OpeningError: Error, Sendable, Equatable, CustomStringConvertible {
    case stream(StreamError)
    /// The first line is something else (REV-16); what there was of it, made printable.
    case notAnOpening(String)
    case lineTooLong
    case controlCharacter
    case tooManyWords
    case tooFewWords
    /// The connection ended inside the opening (REV-32).
    case endedEarly

    /// REV-31.
    public var exitCode: Int32 {
        switch self {
        case .endedEarly: 12
        case .stream(let error): error.exitCode
        default: 2
        }
    }

    public var description: String {
        switch self {
        case .stream(let error): "the connection failed before the gate had answered: \(error)"
        case .notAnOpening(let line): "the far end is not a backup gate: it says \"\(line)\" (REV-16)"
        case .lineTooLong: "a line of the opening has an improper length (REV-11)"
        case .controlCharacter: "a control character in the opening (REV-11)"
        case .tooManyWords: "an improper number of words in the opening (REV-12)"
        case .tooFewWords: "the opening names no command (REV-13)"
        case .endedEarly: "the connection ended before the gate had answered (REV-32)"
        }
    }
}

/// Takes an opening from bytes in pieces of any size, never one byte beyond its end (REV-27), and refuses at the
/// first byte that no continuation could make right (REV-12).
public struct OpeningReader: Sendable {
    private var line: [UInt8] = []
    private var words: [[UInt8]]?
    /// Set once the opening is complete.
    public private(set) var opening: Opening?

    public init() {}

    /// Takes bytes of `bytes[range]` until the opening is complete; returns how many were taken.
    public mutating func take(_ bytes: [UInt8], _ range: Range<Int>) throws(OpeningError) -> Int {
        for index in range {
            if opening != nil { return index - range.lowerBound }
            try take(bytes[index])
        }
        return range.count
    }

    /// The input ended: right only if the opening is complete.
    public func finish() throws(OpeningError) -> Opening {
        guard let opening else { throw .endedEarly }
        return opening
    }

    private mutating func take(_ byte: UInt8) throws(OpeningError) {
        if byte == 0x0a {
            try endLine()
            line.removeAll(keepingCapacity: true)
            return
        }
        line.append(byte)
        if words == nil {
            let fitsRun = Opening.runLine.starts(with: line)
            let fitsRefused =
                line.count <= Opening.refusedPrefix.count
                ? Opening.refusedPrefix.starts(with: line) : line.starts(with: Opening.refusedPrefix)
            guard fitsRun || fitsRefused else { throw .notAnOpening(quoted(line)) }
            guard line.count <= Opening.maximumFirstLineLength else { throw .lineTooLong }
        } else {
            guard line.count <= Opening.maximumWordLength else { throw .lineTooLong }
        }
        guard !isControl(byte) else { throw .controlCharacter }
    }

    private mutating func endLine() throws(OpeningError) {
        guard var taken = words else {
            if line == Opening.runLine {
                words = []
            } else {
                opening = .refused(try refusal())
            }
            return
        }
        if line.isEmpty {
            guard taken.count >= 3 else { throw .tooFewWords }
            opening = .run(taken)
            return
        }
        guard taken.count < Opening.maximumWords else { throw .tooManyWords }
        words = nil
        taken.append(line)
        words = taken
    }

    private func refusal() throws(OpeningError) -> GateRefusal {
        let parts = line.dropFirst(Opening.refusedPrefix.count).split(
            separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
        guard line.starts(with: Opening.refusedPrefix), parts.count == 2, !parts[1].isEmpty,
            parts[1].count <= GateRefusal.maximumTextLength, (1...32).contains(parts[0].count),
            parts[0].allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d })
        else { throw .notAnOpening(quoted(line)) }
        return GateRefusal(
            .init(word: String(decoding: parts[0], as: UTF8.self)), String(decoding: parts[1], as: UTF8.self))
    }
}

extension Opening {
    /// Reads an opening byte by byte, so that what follows it stays in the descriptor for a sender that may be another
    /// process (REV-27). An opening has a few hundred bytes: the calls do not matter.
    public static func read(from stream: any ByteStream) throws(OpeningError) -> Opening {
        var reader = OpeningReader()
        var buffer: [UInt8] = [0]
        while true {
            let count: Int
            do {
                count = try stream.read(into: &buffer, at: 0, count: 1)
            } catch {
                throw .stream(error)
            }
            if count == 0 { return try reader.finish() }
            _ = try reader.take(buffer, 0..<1)
            if let opening = reader.opening { return opening }
        }
    }

    /// Writes the opening; a refusal's text is made to fit, a run that no line can carry is an error (REV-11).
    public func write(to stream: any ByteStream) throws(OpeningError) {
        let bytes = try encoded()
        do {
            try stream.write(bytes, 0..<bytes.count)
        } catch {
            throw .stream(error)
        }
    }
}
