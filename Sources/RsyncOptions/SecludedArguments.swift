/// Arguments that travel through the protocol instead of the remote shell's command line (ARG-38 to ARG-42): each
/// closed by a NUL, the program's name first, an empty one last.
public enum SecludedArguments {
    /// Linux's path limit: a longer argument is refused (ARG-42).
    public static let largestArgument = 4095
    /// Our own limit against a peer that never ends the list: as many as an ordinary command line of 2 MiB could hold
    /// with paths of moderate length.
    public static let largestCount = 131_072

    /// The bytes that go in front of everything else from client to server.
    public static func encode(_ words: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words {
            bytes += word.isEmpty ? [UInt8(ascii: ".")] : word
            bytes.append(0)
        }
        bytes.append(0)
        return bytes
    }

    /// Takes the list byte by byte, since what follows it belongs to the protocol.
    public struct Decoder: Sendable {
        private var words: [[UInt8]] = []
        private var current: [UInt8] = []

        public init() {}

        /// The whole list, program name first, when `byte` was its last.
        public mutating func add(_ byte: UInt8) throws(ArgumentError) -> [[UInt8]]? {
            if byte == 0 {
                if current.isEmpty { return words }
                words.append(current)
                current = []
                guard words.count <= SecludedArguments.largestCount else {
                    throw .refused("too many secluded arguments")
                }
            } else {
                current.append(byte)
                guard current.count <= SecludedArguments.largestArgument else {
                    throw .refused("a secluded argument is longer than \(SecludedArguments.largestArgument) bytes")
                }
            }
            return nil
        }
    }
}
