import RsyncCommand
import RsyncEngine
import RsyncHost
import RsyncOptions

/// The client machine's side of a reverse session (10-reverse.md): runs the user's ssh, checks what the gate wants, and
/// serves it, read-only, with the built-in sender or a stock rsync.
public struct BackupAgent {
    public let request: BackupRequest
    /// `[USER@]HOST`, handed to ssh as it is.
    public let host: [UInt8]
    /// Program and options, before host and request.
    public let ssh: [[UInt8]]
    /// A stock rsync to run in place of the built-in sender.
    public let rsync: [UInt8]?
    /// Whether to show on standard error how far it is.
    public let showsProgress: Bool
    private let say: @Sendable (String) -> Void

    /// `say` takes one line for people.
    public init(
        request: BackupRequest, host: [UInt8], ssh: [[UInt8]], rsync: [UInt8]? = nil, showsProgress: Bool = false,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.request = request
        self.host = host
        self.ssh = ssh
        self.rsync = rsync
        self.showsProgress = showsProgress
        self.say = say
    }

    /// The exit status of REV-31.
    public func run(_ interruption: Interruption) -> Int32 {
        let shell: ChildProcess
        do throws(StreamSetupError) {
            shell = try ChildProcess(arguments: ssh + [host, request.encoded], interruption: interruption)
        } catch {
            say("cannot start \(quoted(ssh.first ?? [])): \(errorText(error.errno))")
            return 14
        }
        do throws(OpeningError) {
            switch try Opening.read(from: shell.stream) {
            case .refused(let refusal):
                say("the gate refuses: \(quoted([UInt8](refusal.text.utf8), limit: 1024)) (\(refusal.code.word))")
                return end(shell, own: refusal.exitCode)
            case .run(let words): return serve(words, over: shell, interruption)
            }
        } catch {
            switch error {
            case .endedEarly:
                // ssh has said why; where it has not, this does.
                let status = end(shell, own: 0)
                if status == 0 { say(error.description) }
                return status == 0 ? error.exitCode : status
            default:
                say(error.description)
                abort(shell)
                return error.exitCode
            }
        }
    }

    private func serve(_ words: [[UInt8]], over shell: ChildProcess, _ interruption: Interruption) -> Int32 {
        let invocation: SenderInvocation
        do throws(AgentRefusal) {
            invocation = try AgentPolicy(request: request).check(words)
        } catch {
            say(error.description)
            abort(shell)
            return AgentRefusal.exitCode
        }
        if let rsync { return runStock(rsync, invocation, over: shell, interruption) }
        let sender: ServedSender
        do throws(ServedSenderError) {
            sender = try ServedSender(words: invocation.arguments, rules: rules)
        } catch {
            say("cannot do what the gate asks for: \(error.text)")
            abort(shell)
            return AgentRefusal.exitCode
        }
        confine()
        shell.stream.timeoutSeconds = sender.timeout
        shell.stream.limitWrites(kibibytesPerSecond: sender.bandwidthLimit)
        let result: SessionResult
        if showsProgress {
            let counted = CountedStream(shell.stream, say: say)
            result = sender.run(over: counted)
            counted.finish()
        } else {
            result = sender.run(over: shell.stream)
        }
        guard let error = result.error else { return end(shell, own: result.exitCode) }
        if !error.announcedByPeer { say(error.sentence) }
        // Where the other side has hung up, as a write that fails tells too, ssh ends by itself and its status counts.
        return end(shell, own: error.exitCode, waitingForWords: error.announcedByPeer || [10, 12].contains(error.exitCode))
    }

    /// The second wall (RSH-310): ssh runs already, so that all that is left to do is to read the roots. A stock rsync does
    /// without, because it may be a wrapper that takes other privileges on. Nor is a kernel that cannot do it a reason to
    /// go without a backup.
    private func confine() {
        IdentityLookup().prepare()
        do throws(Confinement.Failure) {
            _ = try Confinement.apply(roots: [], reading: request.roots, readingTables: true, signalling: true)
        } catch {
            say("note: this process is not confined: \(errorText(error.errno))")
        }
    }

    /// Our own excludes count whatever the gate sends: a gate that forgets them gets nothing more.
    private var rules: [FilterArgument] {
        request.patterns.map { $0.isExclude ? .exclude($0.bytes) : .include($0.bytes) }
    }

    private func runStock(
        _ program: [UInt8], _ invocation: SenderInvocation, over shell: ChildProcess, _ interruption: Interruption
    ) -> Int32 {
        // A serving rsync expands these in its arguments, so that it would read other places than the roots.
        if let root = request.roots.first(where: { $0.contains { "*?[".utf8.contains($0) } }) {
            say("root \(quoted(root)) holds a wildcard, which a stock rsync would expand: use the built-in sender")
            abort(shell)
            return AgentRefusal.exitCode
        }
        let sender: ChildProcess
        let outcome: ChildProcess.Outcome
        do throws(StreamSetupError) {
            sender = try ChildProcess(arguments: [program] + invocation.arguments, takingOver: shell.stream)
            outcome = try wait(for: sender, interruption)
        } catch {
            say("cannot start \(quoted(program)): \(errorText(error.errno))")
            abort(shell)
            return 14
        }
        return status(of: shell, own: outcome.shellStatus)
    }

    /// Waits in a way that a signal to us alone reaches the sender too.
    private func wait(
        for sender: ChildProcess, _ interruption: Interruption
    ) throws(StreamSetupError) -> ChildProcess.Outcome {
        // Nothing ever comes here: a nap that a signal ends.
        let (nap, other) = try FileDescriptorStream.pair(interruption: interruption)
        defer { other.closeWrite() }
        while true {
            if let outcome = try sender.poll() { return outcome }
            do throws(StreamError) {
                _ = try nap.waitForInput(milliseconds: 50)
            } catch {
                sender.terminate()
                return try sender.wait()
            }
        }
    }

    // MARK: Ends

    /// Reads to the end of what ssh gives, so that a signal can still end us, then waits for it.
    private func end(_ shell: ChildProcess, own: Int32, waitingForWords: Bool = true) -> Int32 {
        guard waitingForWords else {
            abort(shell)
            return own
        }
        shell.stream.closeWrite()
        var rest = [UInt8](repeating: 0, count: 4096)
        do throws(StreamError) {
            while try shell.stream.read(into: &rest, at: 0, count: rest.count) > 0 {}
        } catch {
            if error.isSignal {
                abort(shell)
                return error.exitCode
            }
        }
        return status(of: shell, own: own)
    }

    /// REV-31: that of ssh unless it is 0.
    private func status(of shell: ChildProcess, own: Int32) -> Int32 {
        guard let outcome = try? shell.wait() else { return own == 0 ? 14 : own }
        return outcome.shellStatus != 0 ? outcome.shellStatus : own
    }

    private func abort(_ shell: ChildProcess) {
        shell.stream.closeWrite()
        shell.terminate()
        _ = try? shell.wait()
    }
}
