import RsyncDigest
import RsyncProtocol

/// What a server's arguments say about the shape of the streams.
public struct ServerOptions: Sendable {
    private(set) var letters: Set<Character> = []
    private(set) var compressCount = 0
    public private(set) var isSender = false
    private(set) var long: [String] = []

    public init(_ arguments: [[UInt8]]) {
        for word in arguments.map({ String(decoding: $0, as: UTF8.self) }) {
            if word == "." { return }
            if word.hasPrefix("--") {
                long.append(word)
                if word == "--sender" { isSender = true }
            } else if word.hasPrefix("-"), !word.hasPrefix("-B"), !word.hasPrefix("-M") {
                // Behind `e` stand the capabilities.
                for letter in word.dropFirst().prefix(while: { $0 != "e" }) {
                    letters.insert(letter)
                    if letter == "z" { compressCount += 1 }
                }
            }
        }
    }

    public func has(_ option: String) -> Bool { long.contains(option) }
    public func letter(_ letter: Character) -> Bool { letters.contains(letter) }
    public func value(_ option: String) -> String? {
        long.last { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
    }

    public var isDryRun: Bool { letter("n") }
    public var isNumeric: Bool { has("--numeric-ids") }
    var deletes: Bool { long.contains { $0 == "--delete" || $0.hasPrefix("--delete-") && $0 != "--delete-missing-args" } }
    public var removesSourceFiles: Bool { has("--remove-source-files") || has("--remove-sent-files") }
    public var appends: Bool { has("--append") }
    /// SES-120: the client sends the names.
    var readsNames: Bool { value("--files-from") == "-" }
    /// SES-54.
    public var requestsCompression: Bool { compressCount > 0 || value("--compress-level") != nil }
    public var negotiatesCompression: Bool { requestsCompression && explicitCompression == nil }

    /// A choice that is not to be negotiated.
    var explicitCompression: CompressionName? {
        if let name = value("--compress-choice"), name != "auto" { return CompressionName(name) }
        if has("--new-compress") || compressCount > 1 { return .zlibx }
        return has("--old-compress") ? .zlib : nil
    }

    /// SES-68, SES-72.
    public func compression(negotiated: CompressionName?) -> CompressionName {
        let name = negotiated ?? explicitCompression ?? (requestsCompression ? .zlib : .none)
        return (name == .zlib || name == .zlibx) && value("--compress-level").flatMap({ Int32($0) }) == 0 ? .none : name
    }

    public var checksumChoice: [ChecksumName]? {
        guard let text = value("--checksum-choice"), text != "auto" else { return nil }
        let names = text.split(separator: ",").compactMap { ChecksumName(String($0)) }
        return names.isEmpty ? nil : names
    }

    /// SES-26, for a client that sends.
    public func sendsFilterList(_ traits: SessionTraits) -> Bool {
        letter("m") || deletes && (traits.sendsFiltersWithDeleteExcluded || !has("--delete-excluded"))
    }

    /// Why a session with these options is beyond the dissector; nil when it is not.
    func obstacle() -> String? {
        if letter("s") { return "secluded arguments" }
        if letter("N") { return "creation times" }
        if has("--files-from"), !isSender { return "names of a file at the server" }
        if has("--only-write-batch") { return "a batch file that holds the data" }
        return nil
    }

    public func fileListFormat(_ traits: SessionTraits, checksumLength: Int) -> FileListFormat {
        FileListFormat(
            traits: traits, preserveOwner: letter("o"), preserveGroup: letter("g"),
            preserveDevices: letter("D") || has("--devices"), preserveSpecials: letter("D") && !has("--no-specials") || has("--specials"),
            preserveAccessTimes: letter("U"),
            preserveAccessLists: letter("A"), preserveLinks: letter("l"), preserveHardLinks: letter("H"), checksumLength: letter("c") ? checksumLength : 0,
            recursive: letter("r"), relative: letter("R"), numericIds: isNumeric, acceptsMissing: has("--delete-missing-args"))
    }
}
