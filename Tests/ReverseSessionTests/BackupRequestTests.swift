import Testing

@testable import ReverseSession
import TestSupport

private func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

@Suite struct BackupRequestTests {
    @Test func writesTheDocumentedForm() throws {
        let request = try BackupRequest(
            roots: [bytes("/home"), bytes("/etc")], patterns: [.init(isExclude: true, bytes: bytes("*.o"))],
            wishes: [.hardLinks], timeout: 600)
        #expect(
            String(decoding: request.encoded, as: UTF8.self)
                == "backup root=/home root=/etc exclude=%2A.o want=hard-links timeout=600")
    }

    @Test func readsBackWhatItWrote() throws {
        let odd = bytes("/a b/%/$(reboot)/`x`;&|'\"\\/") + [0x80, 0xff, 0xc3]
        let request = try BackupRequest(
            roots: [odd, bytes("/")],
            patterns: [.init(isExclude: false, bytes: bytes("keep me")), .init(isExclude: true, bytes: bytes("*"))],
            wishes: Set(BackupRequest.Wish.allCases), timeout: 0)
        #expect(try BackupRequest(parsing: request.encoded) == request)
        #expect(request.encoded.allSatisfy { $0 == 0x20 || $0 == 0x25 || PercentEncoding.isPlain($0) })
    }

    @Test func acceptsEveryByteEncoded() throws {
        let request = try BackupRequest(parsing: bytes("backup root=%2f%68%6F%6d%65"))
        #expect(request.roots == [bytes("/home")])
    }

    @Test(arguments: [
        "", " ", "backup", "backup ", "rsync --server", "backup  root=/a", "backup root=/a ", "backup root=",
        "backup root=home", "backup root=/a/", "backup root=//a", "backup root=/a/../b", "backup root=/a/./b",
        "backup root=/..", "backup root=/%2e%2e", "backup root=/a%0Ab", "backup root=/a%00", "backup root=/a%7f",
        "backup root=/a%", "backup root=/a%4", "backup root=/a%4g", "backup root=/a root=/a", "backup root=/a;reboot",
        "backup root=/a\nroot=/b", "backup root=/a want=fly", "backup root=/a want=checksum want=checksum",
        "backup root=/a timeout=", "backup root=/a timeout=-1", "backup root=/a timeout=100000",
        "backup root=/a timeout=1 timeout=1", "backup root=/a into=/etc", "backup --rsh=x", "backup want=checksum",
        "backup root=/a exclude=", "BACKUP root=/a",
    ])
    func refuses(_ command: String) {
        #expect(throws: RequestDefect.self) { try BackupRequest(parsing: bytes(command)) }
    }

    @Test func refusesOneRootTooMany() throws {
        let limit = BackupRequest.maximumRoots
        let roots = (0...limit).map { bytes("/r\($0)") }
        _ = try BackupRequest(roots: Array(roots.dropLast()))
        #expect(throws: RequestDefect.self) { try BackupRequest(roots: roots) }
    }

    @Test func refusesARootOneByteTooLong() throws {
        let longest = bytes("/") + [UInt8](repeating: 0x61, count: BackupRequest.maximumValueLength - 1)
        _ = try BackupRequest(roots: [longest])
        #expect(throws: RequestDefect.self) { try BackupRequest(roots: [longest + [0x61]]) }
    }

    @Test func refusesARequestOneByteTooLong() throws {
        func padded(to length: Int) -> [UInt8] {
            var command = bytes("backup")
            var index = 10
            while command.count < length {
                let name = bytes(" root=/\(index)")
                let room = min(length - command.count - name.count, 4000)
                command += name + [UInt8](repeating: 0x61, count: room)
                index += 1
            }
            return command
        }
        _ = try BackupRequest(parsing: padded(to: BackupRequest.maximumLength))
        #expect(throws: RequestDefect.self) { try BackupRequest(parsing: padded(to: BackupRequest.maximumLength + 1)) }
    }

    @Test func survivesRandomDamage() throws {
        let seed: UInt64 = 0x5eed_0001
        var generator = SplitMix64(seed: seed)
        let good = bytes("backup root=/home root=%2fetc exclude=%2A.o want=hard-links timeout=600")
        for _ in 0..<3_000 {
            var damaged = good
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            if let request = try? BackupRequest(parsing: damaged) {
                #expect(try BackupRequest(parsing: request.encoded) == request, "seed \(seed)")
            }
        }
    }
}
