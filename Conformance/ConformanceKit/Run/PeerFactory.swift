/// Peers that are data in a case.
enum PeerFactory {
    /// nil: there is no such peer. `suite` is the directory that holds `Cases`; `Vectors` stands beside it.
    static func make(_ one: Case, role: TargetRole, suite: String) -> (any ScriptedPeer)? {
        switch one.peer {
        case .trace(let path, let isStrict): TracePeer(path: path, isStrict: isStrict, suite: suite)
        case .script(let steps): StepScript(steps)
        default: nil
        }
    }
}
