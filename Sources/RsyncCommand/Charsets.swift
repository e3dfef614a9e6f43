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
