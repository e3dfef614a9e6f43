import RsyncEngine
import RsyncHost

/// The converters that `--iconv` asks for.
enum Charsets {
    /// nil where there is nothing to convert.
    static func converter(_ charset: [UInt8]?) throws(SessionError) -> CharsetConverter? {
        guard let charset else { return nil }
        guard let converter = CharsetConverter(charset) else {
            throw SessionError(exitCode: 4, "iconv_open(\"UTF-8\", \"\(charset)\") failed")
        }
        return converter
    }

    /// `--debug=iconv`: what a side's names are in; nil where nothing is converted.
    static func line(_ role: String, _ charset: [UInt8]?) -> [UInt8]? {
        guard let charset else { return nil }
        let isOwn = charset.isEmpty || charset == [0x2e]
        return Array("[\(role)] charset: ".utf8) + (isOwn ? CharsetConverter.ownName : charset)
    }
}

extension SessionConfiguration {
    func with(closingLine: @escaping @Sendable (Int32) -> String?) -> SessionConfiguration {
        var result = self
        result.closingLine = closingLine
        return result
    }

    func with(names: CharsetConverter?) -> SessionConfiguration {
        var result = self
        result.names = names
        return result
    }
}
