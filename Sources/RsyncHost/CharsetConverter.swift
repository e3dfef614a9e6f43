import CSyscalls
import RsyncEngine
import Synchronization

/// The C library's conversion between a charset and the wire's UTF-8 (ARG-64).
public final class CharsetConverter: NameConverter, Sendable {
    /// A conversion and what it holds belong to one caller at a time.
    private struct Conversions: ~Copyable {
        let toWire: Conversion
        let toLocal: Conversion
    }

    private let conversions: Mutex<Conversions>

    /// `charset` as `--iconv` has it: `.` or nothing is the locale's. nil where the system knows no such charset.
    public init?(_ charset: [UInt8]) {
        let name = charset == [0x2e] ? [] : charset
        guard let toWire = Conversion(to: Self.wire, from: name), let toLocal = Conversion(to: name, from: Self.wire)
        else { return nil }
        conversions = Mutex(Conversions(toWire: toWire, toLocal: toLocal))
    }

    /// What the locale calls its charset.
    public static var ownName: [UInt8] {
        var name = [CChar](repeating: 0, count: 64)
        let length = unsafe ebb_charset_own(&name, name.count)
        return name[..<length].map { UInt8(bitPattern: $0) }
    }

    private static let wire = Array("UTF-8".utf8)

    public func toWire(_ name: [UInt8]) -> [UInt8]? { conversions.withLock { $0.toWire.convert(name) } }
    public func toLocal(_ name: [UInt8]) -> [UInt8]? { conversions.withLock { $0.toLocal.convert(name) } }

    public func isCutShort(_ name: [UInt8], toWire: Bool) -> Bool {
        conversions.withLock { toWire ? $0.toWire.isCutShort(name) : $0.toLocal.isCutShort(name) }
    }

    private struct Conversion: ~Copyable, @unchecked Sendable {
        private let handle: UnsafeMutableRawPointer

        init?(to: [UInt8], from: [UInt8]) {
            guard let handle = unsafe ebb_charset_open(Self.terminated(to), Self.terminated(from)) else { return nil }
            unsafe self.handle = handle
        }

        deinit { unsafe ebb_charset_close(handle) }

        func convert(_ text: [UInt8]) -> [UInt8]? { converted(text).text }
        func isCutShort(_ text: [UInt8]) -> Bool { converted(text).isCutShort }

        private func converted(_ text: [UInt8]) -> (text: [UInt8]?, isCutShort: Bool) {
            var result = [UInt8](repeating: 0, count: 2 * text.count + 16)
            while true {
                let count = unsafe ebb_charset_convert(handle, text, text.count, &result, result.count)
                if count >= 0 { return ([UInt8](result[..<count]), false) }
                guard count == -2 else { return (nil, count == -3) }
                result = [UInt8](repeating: 0, count: 2 * result.count)
            }
        }

        private static func terminated(_ name: [UInt8]) -> [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
    }
}
