import RsyncEngine
import RsyncHost
import RsyncOptions

/// The names of `--files-from` on their way to the other side or from it: UTF-8 there when secluded arguments and
/// `--iconv` are both in use, otherwise as they are (SES-127). What cannot be converted stays as it is.
struct ForwardedNames {
    private let converter: CharsetConverter?
    private let nulTerminated: Bool

    init(_ arguments: ParsedArguments, _ converter: CharsetConverter?) {
        self.converter = arguments.secludedArguments ? converter : nil
        nulTerminated = arguments.nulTerminated
    }

    /// What a file's content becomes on the wire (SES-122).
    func wireForm(_ content: [UInt8]) -> [UInt8] {
        guard let converter else { return NameList.wireForm(content, nulTerminated: nulTerminated) }
        let names = NameList.forwarded(content, nulTerminated: nulTerminated)
        return NameList.wireForm(names.map { converter.toWire($0) ?? $0 }.flatMap { $0 + [0] }, nulTerminated: true)
    }

    /// Names from the wire as this side calls them.
    func local(_ names: [[UInt8]]) -> [[UInt8]] {
        guard let converter else { return names }
        return names.map { converter.toLocal($0) ?? $0 }
    }
}
