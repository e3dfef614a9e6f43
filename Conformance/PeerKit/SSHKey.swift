import Glibc
import TraceKit

/// An ed25519 key made for one fixture, as OpenSSH writes it.
public struct SSHKeyPair: Sendable {
    /// The private key's file; the public one stands beside it.
    public let path: String
    /// The private key in the OpenSSH format, without a passphrase.
    public let privateKey: [UInt8]
    /// `ssh-ed25519 AAAA… comment`.
    public let publicLine: String

    init(generatingAt path: String) throws {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { throw FileBytes.Failure(path: "/dev/null", errno: errno) }
        defer { close(null) }
        let outcome = try SpawnedProcess(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "conformance", "-f", path], input: null, output: null
        ).wait()
        guard outcome == .exited(0) else { throw SSHError.keyGeneration(outcome) }
        self.path = path
        privateKey = try FileBytes.read(path)
        publicLine = String(decoding: try FileBytes.read(path + ".pub").dropLast(), as: UTF8.self)
    }

    /// The public key's bytes as they pass in the key exchange.
    public var publicBlob: [UInt8] {
        let words = publicLine.split(separator: " ")
        return words.count > 1 ? decodeBase64(words[1].utf8) : []
    }
}

/// Standard base64 of a trusted file: anything outside the alphabet ends it.
private func decodeBase64(_ text: some Sequence<UInt8>) -> [UInt8] {
    let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var decoded: [UInt8] = []
    var gathered: UInt32 = 0
    var bits = 0
    for character in text {
        guard let value = alphabet.firstIndex(of: character) else { break }
        gathered = gathered << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
            bits -= 8
            decoded.append(UInt8(truncatingIfNeeded: gathered >> UInt32(bits)))
        }
    }
    return decoded
}

/// Why a session over ssh did not come about.
public enum SSHError: Error, Sendable, Equatable {
    case keyGeneration(SpawnedProcess.Outcome)
    /// A system call failed.
    case system(operation: String, errno: Int32)
    /// The server showed another host key than the expected one.
    case wrongHostKey
    /// libssh2 refused; `code` is its LIBSSH2_ERROR number.
    case library(operation: String, code: Int32, message: String)
}
