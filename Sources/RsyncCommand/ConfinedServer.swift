import RsyncEngine
import RsyncHost
import RsyncOptions
import RsyncProtocol

/// `--server` for a stranger: the words have been vetted, their paths lead into one directory and nowhere else.
public struct ConfinedServer {
    private let run: ServerRun

    public init(_ arguments: ParsedArguments, root: ConfinedTree, interruption: Interruption) {
        run = ServerRun(arguments, interruption, root: root)
    }

    /// Serves standard input and output to the end, and says what is to be said on standard error. What cannot begin is
    /// thrown, nothing having been sent.
    public func serve() throws(ServedSenderError) -> Int32 {
        do {
            return try run.run()
        } catch let error as ArgumentError {
            throw ServedSenderError(exitCode: error.exitCode, text: error.text)
        } catch let error as SessionError {
            throw ServedSenderError(exitCode: error.exitCode, text: error.sentence)
        } catch {
            throw ServedSenderError(exitCode: 14, text: "\(error)")
        }
    }

    /// The secluded arguments on standard input, program name first (ARG-42).
    public static func readSecluded(
        _ interruption: Interruption, within seconds: Int32
    ) throws(ServedSenderError) -> [[UInt8]] {
        do {
            return try RsyncProgram.readSecluded(interruption, within: seconds)
        } catch let error as ArgumentError {
            throw ServedSenderError(exitCode: error.exitCode, text: error.text)
        } catch let error as StreamError where error.isSignal {
            throw ServedSenderError(exitCode: error.exitCode, text: "ended by a signal")
        } catch StreamError.timedOut(let seconds) {
            throw ServedSenderError(exitCode: 30, text: "no arguments within \(seconds) seconds")
        } catch {
            throw ServedSenderError(exitCode: 12, text: "\(error)")
        }
    }
}
