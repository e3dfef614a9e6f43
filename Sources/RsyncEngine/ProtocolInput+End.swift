import RsyncProtocol

// What still comes when nothing more is wanted.

extension ProtocolInput {
    /// Reads until the peer closes: texts are shown, anything else is an error (SES-206). Empty frames may come.
    func drain() throws(SessionError) {
        while true {
            guard try fillUnlessAtEnd() else { return }
            guard start == end else {
                throw .protocolViolation("unexpected data at the end of the run")
            }
        }
    }

    /// Throws data away until the peer closes; messages still count.
    func skipToEnd() throws(SessionError) {
        repeat {
            start = 0
            end = 0
        } while try fillUnlessAtEnd()
    }

    /// Throws everything away until the peer closes or says that it is ending (SES-115).
    func discardUntilEnd() {
        onMessage = { code, _ throws(SessionError) in
            if code == .errorExit { throw SessionError(exitCode: 0, "") }
        }
        while (try? fillUnlessAtEnd()) == true {
            start = 0
            end = 0
        }
    }

    /// Takes what still comes, up to its end or until the clock has gone on so far.
    func discard(milliseconds: Int64, _ clock: () -> Int64) {
        let end = clock() + milliseconds
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let left = end - clock(), left > 0 {
            guard let isThere = try? stream.waitForInput(milliseconds: Int32(left)) else { return }
            guard isThere, let count = try? stream.read(into: &buffer, at: 0, count: buffer.count), count > 0 else { return }
        }
    }
}
