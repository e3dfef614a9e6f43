import CConform
import Glibc

/// A child of this process. Whoever starts it must wait for it exactly once.
public struct SpawnedProcess: Sendable {
    public let id: pid_t

    /// How a process ended.
    public enum Outcome: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)

        /// What a shell would make of it: the status, or 128 and the signal's number.
        public var shellStatus: Int32 {
            switch self {
            case .exited(let status): status
            case .signalled(let number): 128 + number
            }
        }
    }

    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let program: String
        public let errno: Int32

        public var description: String { "cannot start \(program): errno \(errno)" }
    }

    /// Starts `words[0]`, searched in PATH, with the given standard descriptors and none beside them. `environment`
    /// is added to this process's own; `ownGroup` makes the child the leader of a process group.
    public init(
        _ words: [[UInt8]], environment: [String: String] = [:], input: Int32, output: Int32, errors: Int32 = 2,
        ownGroup: Bool = false
    ) throws(Failure) {
        precondition(!words.isEmpty, "a command has at least one word")
        let program = String(decoding: words[0], as: UTF8.self)
        let variables = environment.isEmpty ? nil : Self.inherited(with: environment)
        var child: pid_t = 0
        let failure = unsafe Self.withCStrings(words) { arguments in
            if let variables {
                return unsafe Self.withCStrings(variables) { list in
                    unsafe conform_spawn(&child, arguments, list, input, output, errors, ownGroup ? 1 : 0)
                }
            }
            return unsafe conform_spawn(&child, arguments, nil, input, output, errors, ownGroup ? 1 : 0)
        }
        guard failure == 0 else { throw Failure(program: program, errno: failure) }
        id = child
    }

    public init(
        _ words: [String], environment: [String: String] = [:], input: Int32, output: Int32, errors: Int32 = 2,
        ownGroup: Bool = false
    ) throws(Failure) {
        try self.init(
            words.map { [UInt8]($0.utf8) }, environment: environment, input: input, output: output, errors: errors,
            ownGroup: ownGroup)
    }

    /// Blocks until the child has ended.
    public func wait() -> Outcome {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0 {
            precondition(errno == EINTR, "a child is waited for once")
        }
        let number = status & 0x7f
        return number == 0 ? .exited(status >> 8 & 0xff) : .signalled(number)
    }

    private static func inherited(with additions: [String: String]) -> [[UInt8]] {
        var variables: [[UInt8]] = []
        var cursor = unsafe environ
        while let entry = unsafe cursor.pointee {
            let text = unsafe [UInt8](UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
            let name = String(decoding: text.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            if additions[name] == nil { variables.append(text) }
            unsafe cursor += 1
        }
        return variables + additions.map { [UInt8]("\($0.key)=\($0.value)".utf8) }
    }

    /// Calls `body` with the words as C wants an argument vector: ended by zeros, the list by NULL.
    private static func withCStrings<Result>(
        _ words: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let size = words.reduce(0) { $0 + $1.count + 1 }
        let arena = UnsafeMutableBufferPointer<CChar>.allocate(capacity: size)
        let list = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        defer {
            unsafe arena.deallocate()
            unsafe list.deallocate()
        }
        var position = 0
        for (index, word) in words.enumerated() {
            unsafe list[index] = arena.baseAddress! + position
            for byte in word + [0] {
                unsafe arena[position] = CChar(bitPattern: byte)
                position += 1
            }
        }
        unsafe list[words.count] = nil
        return unsafe body(UnsafePointer(list.baseAddress!))
    }
}
