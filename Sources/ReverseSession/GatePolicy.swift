/// What the server's administrator permits one client; decides the sender's argument vector (REV-6, REV-13, REV-14).
public struct GatePolicy: Sendable {
    /// Roots are permitted at and below these; `/` permits any.
    public var permittedRoots: [[UInt8]]
    public var permittedWishes: Set<BackupRequest.Wish>
    /// Done whether asked for or not.
    public var impliedWishes: Set<BackupRequest.Wish>
    /// Used when the request names no timeout, and the upper bound when it does; 0 = none. Seconds.
    public var timeout: Int32
    /// Letters behind `-e.` (ARG-13); nil leaves the capability string out, which a sender below protocol 30 expects.
    public var capabilities: String?

    public init(
        permittedRoots: [[UInt8]] = [[UInt8(ascii: "/")]],
        permittedWishes: Set<BackupRequest.Wish> = Set(BackupRequest.Wish.allCases),
        impliedWishes: Set<BackupRequest.Wish> = [], timeout: Int32 = 0,
        capabilities: String? = "iLsfxCIvu"
    ) {
        self.permittedRoots = permittedRoots
        self.permittedWishes = permittedWishes
        self.impliedWishes = impliedWishes
        self.timeout = timeout
        self.capabilities = capabilities
    }

    /// What a permitted request leads to.
    public struct Grant: Sendable, Equatable {
        public let request: BackupRequest
        /// The words of the opening, `rsync` first.
        public let argv: [[UInt8]]
        /// Seconds, 0 = none.
        public let timeout: Int32
        /// Those of the request and those the gate adds.
        public let wishes: Set<BackupRequest.Wish>

        public var opening: Opening { .run(argv) }
        public func has(_ wish: BackupRequest.Wish) -> Bool { wishes.contains(wish) }
    }

    public func decide(_ request: BackupRequest) throws(GateRefusal) -> Grant {
        for root in request.roots where !permittedRoots.contains(where: { Self.contains($0, root) }) {
            throw GateRefusal(.notAllowed, "root \(quoted(root)) is not permitted to this key")
        }
        for wish in BackupRequest.Wish.allCases
        where request.wishes.contains(wish) && !permittedWishes.contains(wish) {
            throw GateRefusal(.notAllowed, "\(wish.rawValue) is not permitted to this key")
        }
        let seconds = effectiveTimeout(request.timeout)
        let wishes = request.wishes.union(impliedWishes)
        return Grant(
            request: request, argv: argv(for: request, wishes: wishes, timeout: seconds), timeout: seconds, wishes: wishes)
    }

    /// Decides on the raw value of `SSH_ORIGINAL_COMMAND`.
    public func decide(command: [UInt8]) throws(GateRefusal) -> Grant {
        let request: BackupRequest
        do {
            request = try BackupRequest(parsing: command)
        } catch {
            throw GateRefusal(.badRequest, error.description)
        }
        return try decide(request)
    }

    private func effectiveTimeout(_ asked: Int32?) -> Int32 {
        guard let asked else { return timeout }
        if timeout == 0 { return asked }
        return asked == 0 ? timeout : min(asked, timeout)
    }

    /// The cluster in the reference's order (ARG-6).
    private func argv(
        for request: BackupRequest, wishes: Set<BackupRequest.Wish>, timeout: Int32
    ) -> [[UInt8]] {
        func letter(_ wish: BackupRequest.Wish, _ letter: String) -> String { wishes.contains(wish) ? letter : "" }
        var cluster = "-" + letter(.dryRun, "n") + "l" + letter(.wholeFile, "W") + letter(.hardLinks, "H") + "ogDtpr"
        cluster += letter(.checksum, "c") + letter(.ignoreTimes, "I") + "R" + letter(.oneFileSystem, "x")
        if let capabilities { cluster += "e." + capabilities }
        var words = ["rsync", "--server", "--sender", cluster]
        if timeout > 0 { words.append("--timeout=\(timeout)") }
        if wishes.contains(.numericIds) { words.append("--numeric-ids") }
        words.append(".")
        return words.map { [UInt8]($0.utf8) } + request.roots
    }

    /// Whether clean `path` is `directory` or lies below it.
    private static func contains(_ directory: [UInt8], _ path: [UInt8]) -> Bool {
        if directory == [UInt8(ascii: "/")] { return true }
        return path == directory || path.starts(with: directory + [UInt8(ascii: "/")])
    }
}
