/// Writing for people. Stderr may share its open file with a pipe that a stream, or a stock rsync at its other end, has
/// made non-blocking, so a plain write could lose what does not fit at once.
public enum Diagnostics {
    /// Writes all of `bytes` to stderr, or as much as it takes: there is nobody left to tell about an error here.
    public static func write(_ bytes: [UInt8]) { write(bytes, to: 2) }

    /// How long a reader who takes nothing can hold us up.
    private static let patienceMilliseconds: Int32 = 10_000

    /// Returns whether everything was taken.
    @discardableResult
    public static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var at = 0
        while at < bytes.count {
            do throws(SystemError) {
                at += try System.writeSome(descriptor, bytes, at: at, count: bytes.count - at)
            } catch {
                guard error == .wouldBlock,
                    (try? System.wait(descriptor, .output, waker: nil, milliseconds: patienceMilliseconds)) == .ready
                else { return false }
            }
        }
        return true
    }
}
