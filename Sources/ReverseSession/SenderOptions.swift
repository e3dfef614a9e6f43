/// The options a sender may be started with on the word of a gate (REV-22): each is harmless to the machine it reads.
///
/// Its own short list on purpose, apart from the option table of the command line: an option added there must not
/// become permitted here.
enum SenderOptions {
    static let letters = Set("vqnlHogDtprcIRxWSAXUNz".utf8)
    static let flags: Set<String> = [
        "--numeric-ids", "--specials", "--no-specials", "--no-implied-dirs", "--open-noatime", "--msgs2stderr",
        "--no-msgs2stderr", "--new-compress", "--old-compress", "--partial",
    ]
    static let numbers: Set<String> = ["--timeout", "--bwlimit", "--checksum-seed", "--compress-level"]
    static let names: Set<String> = ["--checksum-choice", "--compress-choice"]

    static let maximumDigits = 10
    static let maximumNameLength = 32
    /// ARG-15: the longest that is known has 10.
    static let maximumCapabilities = 32

    static func permits(_ word: [UInt8]) -> Bool {
        guard word.count >= 2, word[0] == UInt8(ascii: "-") else { return false }
        if word[1] == UInt8(ascii: "-") { return permitsLong(word) }
        if word[1] == UInt8(ascii: "B") { return isDigits(word[2...], limit: 6) }
        return cluster(word) != nil
    }

    /// The letters of a cluster without the dash and the capability string; nil if it is not a permitted one.
    static func cluster(_ word: [UInt8]) -> ArraySlice<UInt8>? {
        guard word.count >= 2, word[0] == UInt8(ascii: "-"), word[1] != UInt8(ascii: "-") else { return nil }
        let end = word.firstIndex(of: UInt8(ascii: "e")) ?? word.endIndex
        if end < word.endIndex {
            let value = word[(end + 1)...]
            guard value.first == UInt8(ascii: "."), value.count <= maximumCapabilities + 1,
                value.dropFirst().allSatisfy(isAlphanumeric)
            else { return nil }
        }
        let letters = word[1..<end]
        return letters.allSatisfy(Self.letters.contains) ? letters : nil
    }

    private static func permitsLong(_ word: [UInt8]) -> Bool {
        guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else {
            return flags.contains(String(decoding: word, as: UTF8.self))
        }
        let name = String(decoding: word[..<equals], as: UTF8.self)
        let value = word[(equals + 1)...]
        if numbers.contains(name) { return isDigits(value, limit: maximumDigits) }
        if names.contains(name) {
            return (1...maximumNameLength).contains(value.count)
                && value.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: ",") }
        }
        return false
    }

    private static func isDigits(_ text: ArraySlice<UInt8>, limit: Int) -> Bool {
        (1...limit).contains(text.count) && text.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
