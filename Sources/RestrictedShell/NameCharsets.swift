/// The charsets that a restricted server converts names from and to (RSH-225).
///
/// What `--iconv` names is looked up by the C library, which loads a module for it. Of the many it has, a client may choose those
/// that file names are in: none has a zero byte or a slash as a part of something else. Those with shift states (ISO-2022) and
/// suffixes (`//TRANSLIT`) stay out.
enum NameCharsets {
    /// `--iconv=SPEC` as it reaches a server: one charset, or two with a comma. `.` is the locale's own, `-` none.
    static func areCommon(_ spec: [UInt8]) -> Bool {
        spec.split(separator: 0x2c, maxSplits: 1, omittingEmptySubsequences: false).allSatisfy { charset in
            charset.elementsEqual(".".utf8) || charset.elementsEqual("-".utf8) || names.contains(normal(charset))
        }
    }

    /// Case and the separators of the common spellings do not tell charsets apart.
    private static func normal(_ name: some Sequence<UInt8>) -> String {
        String(decoding: name.filter { $0 != 0x2d && $0 != 0x5f }, as: UTF8.self).uppercased()
    }

    private static let names: Set<String> = {
        var names: Set<String> = [
            "UTF8", "UTF8MAC", "ASCII", "USASCII", "ANSIX3.41968", "KOI8R", "KOI8U", "KOI8RU", "KOI8T", "ARMSCII8", "GEORGIANPS", "PT154", "RK1048", "EUCJISX0213", "MACINTOSH", "MACROMAN", "TIS620", "VISCII", "TCVN",
            "EUCJP", "SHIFTJIS", "SJIS", "CP932", "EUCKR", "UHC", "CP949", "EUCCN", "GB2312", "GBK", "CP936", "GB18030", "BIG5",
            "BIG5HKSCS", "CP950", "EUCTW",
        ]
        for part in 1...16 where part != 12 { names.insert("ISO8859\(part)") }
        for part in 1...10 { names.insert("LATIN\(part)") }
        for page in [437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874] + Array(1250...1258) {
            names.formUnion(["CP\(page)", "IBM\(page)", "WINDOWS\(page)"])
        }
        return names
    }()
}
