import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol
import RsyncWire

/// A batch file as a stream: written to while a session is recorded, read from when there is no sender but it (XFR-138).
///
/// What the receiving side says to the sender that a batch was made with has no use and goes nowhere.
final class BatchFile: ByteStream {
    private enum Direction {
        case recording(Int32)
        case replaying(FileDescriptorStream)
    }

    private let direction: Direction

    private init(_ direction: Direction) { self.direction = direction }

    /// Makes the file and its script, or empties what is there.
    static func recording(
        _ arguments: ParsedArguments, words: [[UInt8]], rules: [[UInt8]]
    ) throws -> BatchFile? {
        guard let path = arguments.writeBatch else { return nil }
        let places = arguments.pathRules(confined: false)
        let script = try BatchScript.compose(
            program: SystemWords.program(before: words), words: words, arguments: arguments, rules: rules)
        let scriptFile = try opened(path + Array(".sh".utf8), exitCode: 3) { SystemWords.openNew($0, places, mode: 0o700) }
        defer { SystemWords.closeFile(scriptFile) }
        // It stays empty when there is no file that it could be about.
        let file = try opened(path, exitCode: 11) { SystemWords.openNew($0, places, mode: 0o600) }
        SystemWords.write(script, to: scriptFile)
        return BatchFile(.recording(file))
    }

    /// Its header, read, and the rest, to be read. `newest`: the highest protocol that is taken (`--protocol`). Nothing but a regular
    /// file, a FIFO or, as `-`, standard input is taken (HOS-636).
    static func replaying(
        _ path: [UInt8], _ rules: PathRules, newest: Int32, _ interruption: Interruption
    ) throws -> (header: BatchHeader, stream: BatchFile) {
        let isInput = path == [UInt8(ascii: "-")]
        let descriptor = isInput ? 0 : try opened(path, exitCode: 11) { SystemWords.openBatch($0, rules) }
        let input: FileDescriptorStream
        do {
            input = try FileDescriptorStream(reading: descriptor, writing: descriptor, owning: !isInput, interruption: interruption)
        } catch {
            throw notOpened(path, error.errno, exitCode: 11)
        }
        let file = BatchFile(.replaying(input))
        do {
            // A FIFO has no end before it has a writer, whom a signal must not wait for.
            while !(try input.waitForInput(milliseconds: 60_000)) {}
            return (try file.readHeader(newest: newest), file)
        } catch let error as StreamError {
            throw SessionError.stream(error, role: "Receiver")
        }
    }

    private static func opened(
        _ path: [UInt8], exitCode: Int32, _ open: ([UInt8]) -> Result<Int32, SystemFailure>
    ) throws -> Int32 {
        switch open(path) {
        case .success(let descriptor): return descriptor
        case .failure(let failure): throw notOpened(path, failure.number, exitCode: exitCode)
        }
    }

    private static func notOpened(_ path: [UInt8], _ errno: Int32, exitCode: Int32) -> SessionError {
        var shown = SystemWords.absolutePath(path, from: SystemWords.currentDirectory())
        // The directory it would be in.
        if path.isEmpty { shown.append(UInt8(ascii: "/")) }
        if errno == SystemWords.invalid, !path.isEmpty {
            return SessionError(exitCode: exitCode, "Batch file \"\(shown)\" is neither a regular file nor a FIFO")
        }
        return SessionError(
            exitCode: exitCode, "rsync: [Receiver] Batch file \"\(shown)\" open error: \(SystemWords.text(errno))")
    }

    /// Standard input is as it was again, whoever has it besides.
    func end() {
        if case .replaying(let input) = direction { input.restore() }
    }

    private func readHeader(newest: Int32) throws -> BatchHeader {
        var bytes: [UInt8] = []
        var buffer: [UInt8] = [0]
        while true {
            switch try Self.header(in: bytes) {
            case .header(let header)? where header.version.number > newest: throw Self.tooNew(header.version.number, newest)
            case .header(let header)?: return header
            case .otherProtocol(let number)? where number > newest: throw Self.tooNew(number, newest)
            case .otherProtocol?:
                throw SessionError(exitCode: 2, "protocol version mismatch -- is this a batch file?")
            case nil: break
            }
            guard try read(into: &buffer, at: 0, count: 1) == 1 else {
                throw SessionError(exitCode: 12, "the batch file ends within its header (\(bytes.count) bytes)")
            }
            bytes.append(buffer[0])
        }
    }

    private static func tooNew(_ number: Int32, _ newest: Int32) -> SessionError {
        SessionError(exitCode: 2, "The protocol version in the batch file is too new (\(number) > \(newest)).")
    }

    /// nil while there is more of it to come.
    private static func header(in bytes: [UInt8]) throws(SessionError) -> BatchHeader.Reading? {
        var reader = ByteReader(bytes)
        do throws(WireError) {
            return try BatchHeader.reading(&reader)
        } catch {
            guard error.code == .needsMore else { throw .wire(error) }
            return nil
        }
    }

    // MARK: ByteStream

    func read(into buffer: inout [UInt8], at offset: Int, count: Int) throws(StreamError) -> Int {
        guard case .replaying(let input) = direction else { return 0 }
        return try input.read(into: &buffer, at: offset, count: count)
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(StreamError) {
        guard case .recording(let descriptor) = direction else { return }
        if let failure = SystemWords.writeAll(bytes, range, to: descriptor) { throw .writeFailed(errno: failure.number) }
    }

    func waitForInput(milliseconds: Int32) throws(StreamError) -> Bool {
        guard case .replaying(let input) = direction else { return true }
        return try input.waitForInput(milliseconds: milliseconds)
    }

    func closeWrite() {}
}
