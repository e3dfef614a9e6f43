import CConform
import Glibc
import TraceKit

/// This program in the place of a target that is a library: takes the words of a server or a client, starts the shim, and
/// tells it what to do. The session's bytes go past it, over descriptors that the shim has.
public enum ShimSession {
    /// The first word of this program as such a target; then the number of the shim's own words, those, and the session's.
    public static let word = "shim-session"

    /// What a target answers that does not do what it is asked for.
    static let unimplementedStatus: Int32 = 89
    /// What is not of the library: the shim itself broke the rules of shim.md.
    static let brokenStatus: Int32 = 125

    /// The words of a target whose shim these are, to be started from anywhere.
    public static func command(_ shim: [[UInt8]], program: String) throws -> [[UInt8]] {
        [Array(program.utf8), Array(word.utf8), Array("\(shim.count)".utf8)] + (try Runner.absolute(shim))
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// What the shim says of itself.
    public static func features(_ shim: [[UInt8]]) throws -> TargetFeatures {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let conversation = try Conversation(shim, reading: null, writing: null)
        defer { _ = conversation.finish() }
        try conversation.say(ShimMessages.hello)
        guard case .hello(let features)? = try conversation.hear() else {
            throw Failure(description: "the shim does not answer hello with hello")
        }
        return features
    }

    /// Everything behind `word`. Returns the status to exit with.
    public static func run(_ words: [[UInt8]]) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        do {
            guard let count = words.first.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }), count > 0, words.count > count else {
                throw Failure(description: "no number of words")
            }
            let shim = Array(words[1...count])
            guard let (request, shell) = ShimMessages.Request.read(Array(words[(count + 1)...])) else {
                throw Failure(description: "these are neither a server's words nor a client's of this suite")
            }
            switch request {
            case .server: return try serve(shim, request)
            case .client: return try connect(shim, request, shell)
            }
        } catch {
            tell("rsync-conform: \(error)\n")
            return brokenStatus
        }
    }

    /// The session is this process's own standard input and output.
    private static func serve(_ shim: [[UInt8]], _ request: ShimMessages.Request) throws -> Int32 {
        let conversation = try Conversation(shim, reading: 0, writing: 1)
        // Else the other side would not see the end of what the shim writes.
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(null, 0)
        dup2(null, 1)
        close(null)
        guard try begin(conversation, request) else { return try conclude(conversation, nil) }
        return try conclude(conversation, try conversation.hear())
    }

    /// The session is with what the remote shell starts.
    private static func connect(_ shim: [[UInt8]], _ request: ShimMessages.Request, _ shell: [[UInt8]]) throws -> Int32 {
        var there: [Int32] = [-1, -1]
        var back: [Int32] = [-1, -1]
        guard unsafe conform_pipe(&there) == 0, unsafe conform_pipe(&back) == 0 else { throw Failure(description: "no pipe") }
        let conversation = try Conversation(shim, reading: back[0], writing: there[1])
        close(back[0])
        close(there[1])
        let isThere = try begin(conversation, request)
        var answer = isThere ? try conversation.hear() : nil
        var remote: SpawnedProcess?
        if case .start(let arguments)? = answer {
            remote = try SpawnedProcess(shell + arguments, input: there[0], output: back[1])
        }
        close(there[0])
        close(back[1])
        if remote != nil { answer = try conversation.hear() }
        let status = try conclude(conversation, answer)
        _ = remote?.wait()
        return status
    }

    /// Says hello and what is wanted. False: the shim ended instead of an answer.
    private static func begin(_ conversation: Conversation, _ request: ShimMessages.Request) throws -> Bool {
        guard let path = CaseLibrary.workingDirectory() else { throw Failure(description: "no working directory") }
        try conversation.say(ShimMessages.hello)
        switch try conversation.hear() {
        case .hello?: try conversation.say(ShimMessages.run(request, directory: path))
        case nil: return false
        default: throw Failure(description: "the shim does not answer hello with hello")
        }
        return true
    }

    private static func conclude(_ conversation: Conversation, _ answer: ShimMessages.Answer?) throws -> Int32 {
        let outcome = conversation.finish()
        switch answer {
        case .result(let status, let output, let errors):
            tell(errors)
            print(output, terminator: "")
            return status
        case .unimplemented(let what):
            tell("unimplemented: \(what)\n")
            return unimplementedStatus
        case .hello, .start: throw Failure(description: "the shim answers with what was not asked for")
        case nil:
            // A library that crashes is a target that crashes.
            if case .signalled(let number) = outcome {
                signal(number, SIG_DFL)
                raise(number)
            }
            throw Failure(description: "the shim ended without a result: \(outcome)")
        }
    }

    private static func tell(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }
}

/// Lines to a shim and from it.
private final class Conversation {
    private let process: pid_t
    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []

    /// `reading` and `writing` become the shim's 3 and 4.
    init(_ shim: [[UInt8]], reading: Int32, writing: Int32) throws {
        var questions: [Int32] = [-1, -1]
        var answers: [Int32] = [-1, -1]
        guard unsafe conform_pipe(&questions) == 0, unsafe conform_pipe(&answers) == 0 else {
            throw ShimSession.Failure(description: "no pipe")
        }
        var process: pid_t = 0
        let descriptors = [questions[0], answers[1], reading, writing]
        let code = unsafe CStrings.with(shim.map { $0 + [0] }) { words in
            unsafe descriptors.withUnsafeBufferPointer { unsafe conform_spawn_shim(&process, words, $0.baseAddress!) }
        }
        close(questions[0])
        close(answers[1])
        input = questions[1]
        output = answers[0]
        self.process = process
        guard code == 0 else {
            close(input)
            close(output)
            throw ShimSession.Failure(description: "cannot start \(String(decoding: shim[0], as: UTF8.self)): errno \(code)")
        }
    }

    func say(_ message: JSONValue) throws {
        var line = Array(message.compactText.utf8) + [0x0a]
        while !line.isEmpty {
            let count = unsafe write(input, line, line.count)
            // A shim that reads no more has said, or will say, why.
            guard count > 0 else { return }
            line.removeFirst(count)
        }
    }

    /// The next line; nil at the end.
    func hear() throws -> ShimMessages.Answer? {
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let line = Array(pending[..<end])
                pending.removeFirst(end + 1)
                return try ShimMessages.answer(line)
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = unsafe read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            pending += chunk[..<count]
            // No answer is longer than a few thousand words.
            guard pending.count < 1 << 20 else { throw ShimSession.Failure(description: "a line without an end") }
        }
    }

    /// Ends what the shim reads, and waits for it.
    func finish() -> SpawnedProcess.Outcome {
        close(input)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        close(output)
        return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }
}
