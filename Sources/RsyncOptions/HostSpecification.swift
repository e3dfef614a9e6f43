/// `[USER@]HOST:PATH` (ARG-25).
public struct HostSpecification: Sendable, Equatable {
    public let user: [UInt8]?
    /// Without the brackets of an IPv6 address; empty in a further source of the same host, `:PATH`.
    public let host: [UInt8]
    /// As written; empty stands for the directory the remote shell starts in.
    public let path: [UInt8]

    /// nil for a local path: a word without a colon, or with a `/` before the first one.
    ///
    /// Throws for the forms of daemons, and for a host that a remote shell would take for an option (ARG-26).
    public init?(_ word: [UInt8]) throws(ArgumentError) {
        let lowered = word.prefix(8).map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        guard !lowered.elementsEqual("rsync://".utf8) else { throw Self.daemonRefused(word) }

        let colon = UInt8(ascii: ":")
        var start = word.startIndex
        if let first = word.firstIndex(where: { $0 == colon || $0 == UInt8(ascii: "/") }),
            let at = word[..<first].lastIndex(of: UInt8(ascii: "@"))
        {
            start = at + 1
        }
        let name: ArraySlice<UInt8>
        let end: Int
        if start < word.count, word[start] == UInt8(ascii: "["),
            let bracket = word[start...].firstIndex(of: UInt8(ascii: "]")), bracket + 1 < word.count,
            word[bracket + 1] == colon, !word[start..<bracket].contains(UInt8(ascii: "/"))
        {
            name = word[(start + 1)..<bracket]
            end = bracket + 1
        } else {
            guard let first = word[start...].firstIndex(where: { $0 == colon || $0 == UInt8(ascii: "/") }),
                word[first] == colon
            else { return nil }
            name = word[start..<first]
            end = first
        }
        guard end + 1 >= word.count || word[end + 1] != colon else { throw Self.daemonRefused(word) }
        guard name.first != UInt8(ascii: "-") else {
            throw ArgumentError("Invalid remote host: hostnames may not start with '-'.")
        }
        user = start > 0 ? [UInt8](word[..<(start - 1)]) : nil
        guard user?.first != UInt8(ascii: "-") else {
            throw .refused("a user name must not start with a dash: " + ArgumentError.text(of: word))
        }
        host = [UInt8](name)
        path = [UInt8](word[(end + 1)...])
    }

    @inline(never)
    private static func daemonRefused(_ word: [UInt8]) -> ArgumentError {
        .refused("daemons are not supported, use HOST:PATH: " + ArgumentError.text(of: word))
    }
}

/// Which way files go, from the positional arguments of a client (ARG-26).
public enum Endpoints: Sendable, Equatable {
    /// No side is remote. Without a destination: listing.
    case local(sources: [[UInt8]], destination: [UInt8]?)
    /// This side sends to `destination`.
    case push(sources: [[UInt8]], destination: HostSpecification)
    /// The far side of `host` sends `paths`. Without a destination: listing.
    case pull(user: [UInt8]?, host: [UInt8], paths: [[UInt8]], destination: [UInt8]?)

    /// `positional`: at least one argument; the last of several is the destination, also of a listing unless all are
    /// remote.
    public init(positional: [[UInt8]], lists: Bool = false) throws(ArgumentError) {
        guard let first = positional.first else { throw .refused("no source given") }
        var hasDestination = positional.count > 1
        if lists, let last = positional.last, try HostSpecification(first) != nil, try HostSpecification(last) != nil {
            hasDestination = false
        }
        let destination = hasDestination ? positional.last : nil
        let sources = hasDestination ? Array(positional.dropLast()) : positional
        guard destination != [] else {
            throw ArgumentError("Empty destination arg specified (use \".\" or see --old-args).")
        }
        guard !sources.contains([]) else { throw ArgumentError("Empty source arg specified.") }
        guard let origin = try HostSpecification(first) else {
            for source in sources.dropFirst() where try HostSpecification(source) != nil {
                throw ArgumentError("Unexpected remote arg: " + ArgumentError.text(of: source))
            }
            if let destination, let host = try HostSpecification(destination) {
                self = .push(sources: sources, destination: host)
            } else {
                self = .local(sources: sources, destination: destination)
            }
            return
        }
        if let destination, try HostSpecification(destination) != nil {
            throw ArgumentError("The source and destination cannot both be remote.")
        }
        var paths: [[UInt8]] = []
        for source in sources {
            guard let further = try HostSpecification(source) else {
                throw ArgumentError(
                    "Unexpected local arg: " + ArgumentError.text(of: source),
                    advice: "If arg is a remote file/dir, prefix it with a colon (:).")
            }
            guard further.host.isEmpty && further.user == nil || further.host == origin.host && further.user == origin.user else {
                throw ArgumentError("All source args must come from the same machine.")
            }
            paths.append(further.path)
        }
        self = .pull(user: origin.user, host: origin.host, paths: paths, destination: destination)
    }
}

extension ParsedArguments {
    /// Where files go, for a client. A single source without a destination turns the run into a listing.
    public mutating func endpoints() throws(ArgumentError) -> Endpoints {
        let endpoints = try Endpoints(positional: positional, lists: lists)
        try checkFilesFrom(endpoints)
        switch endpoints {
        case .local(_, nil), .pull(_, _, _, nil): lists = true
        default: break
        }
        return endpoints
    }
}
