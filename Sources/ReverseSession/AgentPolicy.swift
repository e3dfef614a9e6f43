/// What the agent lets a gate make it run (REV-20 to REV-25). The gate is not trusted with the client machine.
public struct AgentPolicy: Sendable {
    let request: BackupRequest

    public init(request: BackupRequest) { self.request = request }

    /// Verifies the argument vector of the opening. What comes back is safe to run with any program the agent chooses
    /// in place of the first word.
    public func check(_ argv: [[UInt8]]) throws(AgentRefusal) -> SenderInvocation {
        guard argv.count <= Opening.maximumWords else { throw AgentRefusal("too many words", clause: "REV-12") }
        let beginning = ["rsync", "--server", "--sender"]
        for (index, expected) in beginning.enumerated() {
            guard index < argv.count else { throw AgentRefusal("no \(expected)", clause: "REV-21") }
            guard argv[index].elementsEqual(expected.utf8) else {
                throw AgentRefusal("\"\(quoted(argv[index]))\" where \(expected) must be", clause: "REV-21")
            }
        }
        let rest = argv[beginning.count...]
        guard let dot = rest.firstIndex(of: [UInt8(ascii: ".")]) else {
            if let strange = rest.first(where: { !SenderOptions.permits($0) }) { throw Self.notPermitted(strange) }
            throw AgentRefusal("no \".\" before the roots", clause: "REV-23")
        }
        let options = rest[..<dot]
        for option in options where !SenderOptions.permits(option) { throw Self.notPermitted(option) }
        try check(roots: rest[(dot + 1)...])
        if request.wishes.contains(.dryRun) {
            let isDryRun = options.contains { SenderOptions.cluster($0)?.contains(UInt8(ascii: "n")) == true }
            guard isDryRun else { throw AgentRefusal("a dry run was asked for, a real one is started", clause: "REV-25") }
        }
        return SenderInvocation(arguments: [[UInt8]](argv.dropFirst()))
    }

    private func check(roots: ArraySlice<[UInt8]>) throws(AgentRefusal) {
        for (given, asked) in zip(roots, request.roots) where given != asked {
            throw AgentRefusal("root \"\(quoted(given))\" instead of \"\(quoted(asked))\"", clause: "REV-24")
        }
        if roots.count > request.roots.count {
            let extra = roots[roots.startIndex + request.roots.count]
            throw AgentRefusal("root \"\(quoted(extra))\", which was not asked for", clause: "REV-24")
        }
        if roots.count < request.roots.count {
            throw AgentRefusal("root \"\(quoted(request.roots[roots.count]))\" is left out", clause: "REV-24")
        }
    }

    private static func notPermitted(_ option: [UInt8]) -> AgentRefusal {
        AgentRefusal("option \"\(quoted(option))\"", clause: "REV-22")
    }
}

/// A verified argument vector without its program name: `--server --sender … . ROOT…`.
public struct SenderInvocation: Sendable, Equatable {
    public let arguments: [[UInt8]]
}

/// Why the agent starts nothing: exit 4 (REV-20).
public struct AgentRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    public let reason: String
    public let clause: String
    public static let exitCode: Int32 = 4

    @inline(never)
    init(_ reason: String, clause: String) {
        self.reason = reason
        self.clause = clause
    }

    public var description: String { "the gate asks for \(reason) (\(clause)); nothing was started" }
}
