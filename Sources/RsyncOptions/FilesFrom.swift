/// Where the list of `--files-from` is (SES-120, ARG-54).
public enum FilesFrom: Sendable, Equatable {
    /// A file on this side; `-` at a client is its standard input.
    case here([UInt8])
    /// A client's: the file is on the host of the transfer, which may be named once more.
    case remote(user: [UInt8]?, host: [UInt8], path: [UInt8])
    /// A server's: the names come from the client.
    case peer

    init(_ word: [UInt8], onServer: Bool) throws(ArgumentError) {
        if onServer, word == [UInt8(ascii: "-")] {
            self = .peer
            return
        }
        guard let place = try HostSpecification(word) else {
            self = .here(word)
            return
        }
        guard !onServer else {
            throw .refused("The --files-from sent to the server cannot specify a host.")
        }
        self = .remote(user: place.user, host: place.host, path: place.path)
    }
}

extension ParsedArguments {
    /// The list, and the one directory that its names start from, must be where they can be used (ARG-54).
    func checkFilesFrom(_ endpoints: Endpoints) throws(ArgumentError) {
        guard let filesFrom else { return }
        let sourceCount: Int
        let other: (user: [UInt8]?, host: [UInt8])?
        switch endpoints {
        case .local(let sources, let destination):
            (sourceCount, other) = (destination == nil ? 0 : sources.count, nil)
        case .push(let sources, let destination):
            (sourceCount, other) = (sources.count, (destination.user, destination.host))
        case .pull(let user, let host, let paths, let destination):
            // As a listing it would need no destination; it is asked for all the same.
            (sourceCount, other) = (destination == nil && !listOnlyOption ? 0 : paths.count, (user, host))
        }
        guard sourceCount == 1 else {
            throw .refused("--files-from needs one directory that the names start from, and a destination")
        }
        guard case .remote(_, let host, _) = filesFrom else { return }
        guard let other else { throw ArgumentError("--files-from cannot be remote when the transfer is local") }
        guard host.isEmpty || host == other.host else {
            throw ArgumentError("--files-from hostname is not the same as the transfer hostname")
        }
    }
}
