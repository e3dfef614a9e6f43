/// What the shape of a rule list on the wire depends on (FLT-75 to FLT-80). The engine fills it from the session.
public struct FilterWireForm: Sendable, Equatable {
    /// The client is the receiver (a pull).
    public var clientIsReceiver: Bool
    /// Rules go out in full syntax; below, only `+ ` and `- ` exist (FLT-77, FLT-79).
    public var hasFullSyntax: Bool
    /// Modifier `p` exists (FLT-78).
    public var hasPerishable: Bool
    /// A receiving server expects the list under `--delete-excluded` too (FLT-75).
    public var isSentWithDeleteExcluded: Bool
    /// A delete option is on.
    public var deletes: Bool
    /// `--prune-empty-dirs` is on.
    public var prunesEmptyDirectories: Bool

    public init(
        clientIsReceiver: Bool, hasFullSyntax: Bool, hasPerishable: Bool, isSentWithDeleteExcluded: Bool, deletes: Bool,
        prunesEmptyDirectories: Bool
    ) {
        self.clientIsReceiver = clientIsReceiver
        self.hasFullSyntax = hasFullSyntax
        self.hasPerishable = hasPerishable
        self.isSentWithDeleteExcluded = isSentWithDeleteExcluded
        self.deletes = deletes
        self.prunesEmptyDirectories = prunesEmptyDirectories
    }

    /// Whether the list is sent at all; both ends work it out (FLT-75). Not to be asked for a local copy or a batch.
    public func isSent(deletesExcluded: Bool) -> Bool {
        clientIsReceiver || prunesEmptyDirectories || (deletes && (!deletesExcluded || isSentWithDeleteExcluded))
    }

    var clientSide: FilterSide { clientIsReceiver ? .receiver : .sender }
}
