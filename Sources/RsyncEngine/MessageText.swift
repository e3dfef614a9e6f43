/// Words for people with names in them. Bytes, because a name need not be UTF-8 and must reach the place where it is
/// shown as it is (MET-170).
public struct MessageText: Sendable, Equatable, ExpressibleByStringInterpolation {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(stringLiteral text: String) { self.init(text) }
    public init(stringInterpolation: StringInterpolation) { bytes = stringInterpolation.bytes }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + 32 * interpolationCount)
        }

        public mutating func appendLiteral(_ text: String) { bytes += text.utf8 }
        /// A name, byte for byte.
        public mutating func appendInterpolation(_ name: [UInt8]) { bytes += name }
        public mutating func appendInterpolation(_ text: MessageText) { bytes += text.bytes }
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) { bytes += value.description.utf8 }
    }
}

/// A name as messages show it.
func quoted(_ name: [UInt8]) -> MessageText { "\"\(name)\"" }

/// What a system call would not do, as rsync words it: `rsync: [sender] opendir "/d" failed: Permission denied (13)`.
func systemError(
    _ role: String, _ what: some CustomStringConvertible, _ name: [UInt8], _ errno: Int32, leads: MessageText = ""
) -> MessageText {
    "rsync: [\(role)] \(what) \(quoted(name))\(leads) failed: \(errorText(errno))"
}

/// A name as messages show it: absolute, where the place it is relative to is known.
func fullName(_ name: [UInt8], in directory: [UInt8], from workingDirectory: [UInt8]) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    var full = name
    for place in [directory, workingDirectory] where full.first != slash && !place.isEmpty {
        full = full.isEmpty ? place : place + (place.last == slash ? [] : [slash]) + full
    }
    return full.isEmpty ? name : full
}

/// The same of a directory that things lie in: that of `.` is the place itself.
func fullDirectory(_ name: [UInt8], in directory: [UInt8], from workingDirectory: [UInt8]) -> [UInt8] {
    fullName(name == [0x2e] ? [] : name, in: directory, from: workingDirectory)
}
