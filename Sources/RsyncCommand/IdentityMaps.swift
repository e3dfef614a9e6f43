import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions

/// `--usermap` and `--groupmap` with this machine's names: for a receiving side alone (MET-7).
extension TransferOptions {
    mutating func addIdentityMaps(_ arguments: ParsedArguments) throws(SessionError) {
        let lookup = IdentityLookup()
        if let map = arguments.userMap {
            userMap = try Self.rules(map.rules, "--usermap") { lookup.userID($0) }
        }
        if let map = arguments.groupMap {
            groupMap = try Self.rules(map.rules, "--groupmap") { lookup.groupID($0) }
        }
    }

    private static func rules(
        _ text: [UInt8], _ option: String, _ id: ([UInt8]) -> UInt32?
    ) throws(SessionError) -> [IdentityRule] {
        var rules: [IdentityRule] = []
        for word in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let colon = word.firstIndex(of: UInt8(ascii: ":")) else {
                throw SessionError(exitCode: 1, "No colon found in \(option): \([UInt8](word))")
            }
            let local = [UInt8](word[(colon + 1)...])
            guard !local.isEmpty else {
                throw SessionError(exitCode: 1, "No name found after colon \(option): \([UInt8](word))")
            }
            let source = try source([UInt8](word[..<colon]), option)
            if let number = try number(local) ?? id(local) {
                rules.append(IdentityRule(source, to: number))
            } else {
                RsyncProgram.warn("Unknown \(option) name on receiver: \(local)" as MessageText)
            }
        }
        return rules
    }

    private static func source(_ text: [UInt8], _ option: String) throws(SessionError) -> IdentityRule.Source {
        if let first = text.first, isDigit(first) {
            let ends = text.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let low = try number([UInt8](ends[0])), let high = ends.count == 2 ? try number([UInt8](ends[1])) : low else {
                throw SessionError(exitCode: 1, "Invalid number in \(option): \(text)")
            }
            // A range that runs backwards holds nothing.
            return low <= high ? .ids(low...high) : .none
        }
        if text.contains(where: { "*?[".utf8.contains($0) }) { return .pattern(Wildcard(text)) }
        return .name(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// nil for what is no number.
    private static func number(_ text: [UInt8]) throws(SessionError) -> UInt32? {
        guard !text.isEmpty, text.allSatisfy(isDigit) else { return nil }
        guard let number = UInt32(String(decoding: text, as: UTF8.self)) else {
            throw SessionError(exitCode: 1, "Invalid ID number: \(text)")
        }
        return number
    }
}

/// `--copy-as`: this process does all its file work as another user, or the far side of a local copy its own.
enum CopyAs {
    static func isRoot(_ words: [UInt8]) -> Bool {
        let user = [UInt8](words.prefix { $0 != UInt8(ascii: ":") })
        return IdentityLookup().userID(user) == 0 || user == [UInt8(ascii: "0")]
    }

    /// Behind the start of a remote shell, which stays the caller's own.
    static func become(_ words: [UInt8]?, oneThread: Bool = false) throws(SessionError) {
        guard let words else { return }
        let colon = words.firstIndex(of: UInt8(ascii: ":"))
        let user = [UInt8](words[..<(colon ?? words.count)])
        let group = colon.map { [UInt8](words[($0 + 1)...]) }
        switch IdentityLookup.become(user: user, group: group, oneThread: oneThread) {
        case .done: break
        case .unknownUser: throw SessionError(exitCode: 1, "Invalid copy-as user: \(user)")
        case .unknownGroup: throw SessionError(exitCode: 1, "Invalid copy-as group: \(group ?? [])")
        case .refused(let number):
            throw SessionError(exitCode: 1, "Failed to copy as \(words): \(SystemWords.text(number))")
        }
    }
}
