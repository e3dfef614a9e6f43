import CConform
import Glibc
import TraceKit

/// What a program says of itself: `NAME  version X  protocol version N`, the name in one word or more. Where `(NAME X)` ends the line,
/// it is that, and the rest says whose command line it has. A hint for reports; what it can do is tried.
public struct ProgramVersion: Sendable, Equatable {
    public let name: String
    public let version: String

    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    /// From the first line that has the word `version`; nil when there is none.
    public init?(output: String) {
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "version"), place > 0, place + 1 < words.count else { continue }
            let own = line.last == ")" ? line.dropLast().split(separator: "(").last?.split(separator: " ") ?? [] : []
            self = own.count == 2
                ? Self(name: String(own[0]), version: String(own[1])) : Self(name: String(words[0]), version: String(words[place + 1]))
            return
        }
        return nil
    }

    /// Runs the command, whose output may come on either of its two streams. What else it does does not matter.
    public init?(command: [[UInt8]]) {
        var ends: [Int32] = [-1, -1]
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { return nil }
        defer { close(null) }
        guard unsafe conform_pipe(&ends) == 0 else { return nil }
        let child = try? SpawnedProcess(command, input: null, output: ends[1], errors: ends[1])
        close(ends[1])
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(ends[0], &chunk, chunk.count), count > 0, output.count < 1 << 16 {
            output += chunk[..<count]
        }
        close(ends[0])
        guard child?.wait() != nil else { return nil }
        self.init(output: String(decoding: output, as: UTF8.self))
    }
}
