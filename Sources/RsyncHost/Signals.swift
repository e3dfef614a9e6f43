import Synchronization

/// What signals do to a transfer: SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM and SIGUSR2 end blocking calls with `.interrupted` so that
/// the session can say so and tidy up (SES-163), and so does SIGUSR1, which a stock client sends to the server it has started; a broken
/// pipe or a file that grows beyond its limit is an error of the write and no signal. SIGVTALRM asks for a progress report.
public enum Signals {
    /// Installs the handlers; from then on `interruption` is tripped by the first of these signals. Once for a process.
    public static func install(interrupting interruption: Interruption) throws(StreamSetupError) {
        do throws(SystemError) {
            try System.ignoreSignal(System.brokenPipeSignal)
            try System.ignoreSignal(System.fileSizeSignal)
            try System.noteSignal(System.progressSignal)
            for number in System.terminationSignals {
                try System.catchSignal(number, waker: interruption.waker)
            }
            // The handler writes to this descriptor for as long as the process lives.
            kept.withLock { $0.append(interruption) }
            interruption.watchSignals()
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    /// For programs that write to pipes without wanting the rest.
    public static func ignoreBrokenPipe() throws(StreamSetupError) {
        do throws(SystemError) {
            try System.ignoreSignal(System.brokenPipeSignal)
        } catch {
            throw StreamSetupError(errno: error.number)
        }
    }

    /// The first of these that arrived; nil when none has.
    public static var caught: Int32? {
        let number = System.caughtSignal
        return number == 0 ? nil : number
    }

    /// Somebody wants to know how far this is (MET-182).
    public static var isProgressWanted: Bool { System.notedSignal(forget: false) != 0 }

    /// Whether it was wanted; from now on it is not.
    public static func takeProgressWish() -> Bool { System.notedSignal(forget: true) != 0 }

    private static let kept = Mutex<[Interruption]>([])
}
