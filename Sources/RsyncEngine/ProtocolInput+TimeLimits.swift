import RsyncProtocol

// How long the peer may say nothing, and what it may say about that (SES-104, HOS-8, HOS-32).

extension ProtocolInput {
    enum TimeLimits {
        /// It is the client, or a limit of its own was not to be expected.
        case unexpected
        /// A server may ask for a shorter one than this, in seconds; 0 = there is none.
        case adopted(own: Int32)
    }

    /// What a server may ask for, in seconds: anything else is passed over (HOS-32).
    static let timeLimitRange: ClosedRange<Int32> = 1...86_400

    func takeTimeLimit(_ payload: [UInt8]) throws(SessionError) {
        guard case .adopted(let own) = timeLimits else {
            throw SessionError(exitCode: 12, "invalid multi-message \(MessageCode.ioTimeout.rawValue):\(payload.count) [SES-104]")
        }
        guard let asked = int32(payload), Self.timeLimitRange.contains(asked), own <= 0 || asked < own else { return }
        timeLimits = .adopted(own: asked)
        idleMilliseconds = (asked + 1) / 2 * 1000
        stream.limitSilence(toSeconds: asked)
    }

    struct StallLimit {
        let limit: Int64
        let milliseconds: @Sendable () -> Int64
        /// Something of the peer's is due.
        let isDue: () -> Bool
    }

    func limitStalls(to limit: StallLimit?) {
        stall = limit
    }

    func checkStall() throws(SessionError) {
        guard let stall else { return }
        let now = stall.milliseconds()
        guard stall.isDue() else {
            progressedAt = now
            return
        }
        guard now - progressedAt < stall.limit else {
            throw SessionError(exitCode: 30, "no data for \(stall.limit / 1000) seconds, only signs of life [HOS-8]")
        }
    }
}
