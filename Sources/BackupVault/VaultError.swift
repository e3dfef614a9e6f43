import RsyncEngine

/// Why the vault cannot do what it was asked.
public enum VaultError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another session of this client is running.
    case busy(LockHolder?)
    /// There is no such client in the vault and none was to be made.
    case unknownClient(String)
    /// A file operation of the vault was refused.
    case file(FileError)
    /// Nothing to commit: `incomplete/` is missing.
    case nothingToCommit
    /// A thousand snapshots within one second.
    case noFreeName(UTCTime)

    /// SES-159 and REV-30.
    public var exitCode: Int32 {
        switch self {
        case .busy: 5
        case .unknownClient: 1
        case .file, .nothingToCommit, .noFreeName: 11
        }
    }

    public var description: String {
        switch self {
        case .busy(let holder?): "another backup of this client is running since \(holder.since), from \(holder.peer)"
        case .busy(nil): "another backup of this client is running"
        case .unknownClient(let name): "there is no client \(name) in the vault"
        case .file(let error): error.description
        case .nothingToCommit: "there is no unfinished snapshot to commit"
        case .noFreeName(let time): "no free snapshot name at \(time)"
        }
    }
}

/// Runs file operations and says their refusals in the vault's terms.
func vaultCall<R>(_ body: () throws(FileError) -> R) throws(VaultError) -> R {
    do {
        return try body()
    } catch {
        throw .file(error)
    }
}
