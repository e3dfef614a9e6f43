import CConform
import Glibc
import RsyncProtocol
import TraceKit

/// An rsync program to test against.
public struct Peer: Sendable, Hashable, CustomStringConvertible {
    /// The first word of `--version`: `rsync`, `rsync_bpc`.
    public let name: String
    /// Such as `3.2.7`.
    public let version: String
    public let executable: String
    /// The highest protocol it speaks.
    public let newestProtocol: Int32

    public init(name: String, version: String, executable: String, newestProtocol: Int32) {
        self.name = name
        self.version = version
        self.executable = executable
        self.newestProtocol = newestProtocol
    }

    /// What `--protocol=N` can make it speak.
    public var protocols: [Int32] { ProtocolVersion.all.map(\.number).filter { $0 <= newestProtocol } }

    public var description: String { "\(name)-\(version)" }
}

/// The real programs on this machine.
public enum PeerCatalogue {
    /// Where the setup script unpacks the Debian package of 3.2.7, below the package's root.
    public static let cachedOld = ".build/peers/rsync-3.2.7/usr/bin/rsync"
    static let backupPC = "/usr/libexec/backuppc-rsync/rsync_bpc"

    /// The `rsync` of PATH.
    public static func stock() -> Peer? { find("rsync").flatMap { inspect($0) } }

    /// rsync 3.2.7: `EBB_RSYNC_327` in the environment, or the unpacked package.
    public static func old(packageRoot: String = ".") -> Peer? {
        inspect(environment("EBB_RSYNC_327") ?? "\(packageRoot)/\(cachedOld)")
    }

    /// BackupPC's fork, which the Debian package keeps outside PATH.
    public static func fork() -> Peer? { inspect(find("rsync_bpc") ?? backupPC) }

    /// All that are there.
    public static func all(packageRoot: String = ".") -> [Peer] {
        [stock(), old(packageRoot: packageRoot), fork()].compactMap(\.self)
    }

    /// Asks a program for its version, wherever it prints it (rsync_bpc: standard error); nil when it cannot be run or is no rsync.
    public static func inspect(_ executable: String) -> Peer? {
        guard unsafe access(executable, X_OK) == 0, let output = firstOutput([executable, "--version"]) else { return nil }
        // "rsync  version 3.2.7  protocol version 32"
        let words = output.prefix { $0 != "\n" }.split(separator: " ")
        guard words.count >= 6, words[1] == "version", words[3] == "protocol", let number = Int32(words[5]) else { return nil }
        return Peer(name: String(words[0]), version: String(words[2]), executable: executable, newestProtocol: number)
    }

    private static func find(_ program: String) -> String? {
        (environment("PATH") ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
            .first { unsafe access($0, X_OK) == 0 }
    }

    private static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func firstOutput(_ words: [String]) -> String? {
        var ends: [Int32] = [-1, -1]
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0, unsafe conform_pipe(&ends) == 0 else { return nil }
        defer { close(null) }
        let child = try? SpawnedProcess(words, input: null, output: ends[1], errors: ends[1])
        close(ends[1])
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(ends[0], &chunk, chunk.count), count > 0 { output += chunk[..<count] }
        close(ends[0])
        return child?.wait() == .exited(0) ? String(decoding: output, as: UTF8.self) : nil
    }
}
