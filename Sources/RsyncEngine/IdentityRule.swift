import RsyncFilter

/// One rule of `--usermap` or `--groupmap` (MET-7).
public struct IdentityRule: Sendable {
    public enum Source: Sendable {
        case ids(ClosedRange<UInt32>)
        /// A wildcard on the remote name.
        case pattern(Wildcard)
        case name([UInt8])
        case none
    }

    public var source: Source
    public var local: UInt32

    public init(_ source: Source, to local: UInt32) {
        self.source = source
        self.local = local
    }

    /// `name` is empty for an id without one.
    func matches(_ id: UInt32, _ name: [UInt8]) -> Bool {
        switch source {
        case .ids(let range): range.contains(id)
        case .pattern(let pattern): pattern.matches(name, 0..<name.count)
        case .name(let text): text == name
        case .none: false
        }
    }
}
