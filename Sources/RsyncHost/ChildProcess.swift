import RsyncEngine
import Synchronization

/// A program started beside us, its stdin and stdout in our hands: a remote shell, or the other side of a local copy.
///
/// It inherits nothing but its three standard descriptors, and all signals as a fresh login has them: that we ignore
/// SIGPIPE is no reason for it to.
public final class ChildProcess: Sendable {
    public enum ErrorOutput: Sendable {
        /// Ours.
        case inherited
        /// Readable through `errorOutput`.
        case piped
        case discarded
        /// A descriptor of ours, which stays ours.
        case descriptor(Int32)
    }

    public enum Outcome: Sendable, Equatable {
        case exited(code: Int32)
        case killed(signal: Int32)

        /// As a shell would report it.
        public var shellStatus: Int32 {
            switch self {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            }
        }
    }

    public let processID: Int32
    /// Reads what the child writes to stdout, writes what it reads from stdin.
    public let stream: FileDescriptorStream
    private let errorReader: FileDescriptorStream?
    /// Set once collected; after that the process id may belong to somebody else.
    private let outcome = Mutex<Outcome?>(nil)

    /// Starts `arguments[0]`, looked up in PATH when it has no slash.
    ///
    /// - Parameters:
    ///   - environment: `NAME=value` each; nil: ours.
    ///   - directory: where it starts; nil: where we are.
    /// - Throws: the error number of what failed: ENOENT when there is no such program.
    public init(
        arguments: [[UInt8]], environment: [[UInt8]]? = nil, directory: [UInt8]? = nil,
        errorOutput: ErrorOutput = .inherited, timeoutSeconds: Int32 = 0, interruption: Interruption? = nil
    ) throws(StreamSetupError) {
        do throws(SystemError) {
            let isPlain = (arguments + (environment ?? []) + [directory ?? []]).allSatisfy { !$0.contains(0) }
            guard let program = arguments.first, !program.isEmpty, isPlain else { throw .invalid }
            let input = try System.makePipe()
            let output = try System.makePipe()
            var errorPipe: (reading: Descriptor, writing: Descriptor)?
            let childError: Descriptor
            switch errorOutput {
            case .inherited: childError = try System.duplicate(2)
            case .descriptor(let descriptor): childError = try System.duplicate(descriptor)
            case .discarded:
                childError = try System.open(
                    trustedPath: SystemName(anything: Array("/dev/null".utf8)), flags: Open.writeOnly)
            case .piped:
                let made = try System.makePipe()
                errorPipe = made
                childError = made.writing
            }
            processID = try System.spawn(
                arguments, environment: environment, directory: directory, input: input.reading.raw,
                output: output.writing.raw, error: childError.raw)
            stream = try FileDescriptorStream(
                reading: output.reading, writing: input.writing, timeoutSeconds: timeoutSeconds,
                interruption: interruption)
            if let errorPipe {
                errorReader = try FileDescriptorStream(
                    reading: errorPipe.reading, writing: errorPipe.reading, timeoutSeconds: 0,
                    interruption: interruption)
            } else {
                errorReader = nil
            }
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    /// Starts a program that takes over our end of `stream`: it reads and writes those descriptors, and here they are
    /// closed, so that `stream` is of no use any more. Not one byte may have been read ahead.
    public init(arguments: [[UInt8]], takingOver stream: FileDescriptorStream) throws(StreamSetupError) {
        do throws(SystemError) {
            guard let program = arguments.first, !program.isEmpty, arguments.allSatisfy({ !$0.contains(0) }) else {
                throw .invalid
            }
            let ends = try stream.lend()
            let error = try System.duplicate(2)
            processID = try System.spawn(
                arguments, environment: nil, directory: nil, input: ends.reading, output: ends.writing, error: error.raw)
            stream.abandon()
            self.stream = stream
            errorReader = nil
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    /// `NAME=value` each, as this process was given them: to start from for `environment`.
    public static var inheritedEnvironment: [[UInt8]] { System.environment }

    /// What the child writes to stderr, when that is piped.
    public var errorOutput: FileDescriptorStream? { errorReader }

    /// Blocks until the child is gone. Close the stream's writing side first, or it may wait for us in turn.
    public func wait() throws(StreamSetupError) -> Outcome {
        do throws(SystemError) {
            if let known = outcome.withLock({ $0 }) { return known }
            // Not collected yet, so that `terminate` on another thread cannot hit a stranger with the same number.
            do throws(SystemError) {
                try System.waitWithoutReaping(processID)
            } catch {
                // Another thread collected it in between.
                if let known = outcome.withLock({ $0 }) { return known }
                throw error
            }
            guard let known = try collect(blocking: true) else { throw .noEntry }
            return known
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    /// nil while it runs.
    public func poll() throws(StreamSetupError) -> Outcome? {
        do throws(SystemError) {
            return try collect(blocking: false)
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    private func collect(blocking: Bool) throws(SystemError) -> Outcome? {
        try outcome.withLock { (outcome) throws(SystemError) -> Outcome? in
            if let outcome { return outcome }
            guard let found = try System.collect(processID, blocking: blocking) else { return nil }
            outcome = found.bySignal ? .killed(signal: found.value) : .exited(code: found.value)
            return outcome
        }
    }

    /// Asks it to end (SIGTERM). Nothing happens when it is gone.
    public func terminate() { send(System.terminate) }

    public func send(_ signal: Int32) {
        outcome.withLock { outcome in
            guard outcome == nil else { return }
            // An error here means it is gone but not collected, or no longer of our user; neither can be helped.
            try? System.send(signal: signal, to: processID)
        }
    }
}
