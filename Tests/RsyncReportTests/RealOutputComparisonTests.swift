import Foundation
import RsyncProtocol
import RsyncReport
import Testing

/// Runs the installed rsync and prints what it prints.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/rsync"), "rsync is not installed"))
struct RealOutputComparisonTests {
    static let sizes: [Int64] = [
        0, 1, 999, 1000, 1005, 1015, 1023, 1024, 1025, 4096, 65_535, 99_995, 999_994, 999_995, 999_999, 1_000_000, 1_048_575,
        1_048_576, 1_234_567, 12_345_678, 999_999_999, 1_073_741_824, 123_456_789_012,
    ]

    @Test(arguments: [["--no-h"], [], ["-h"], ["-hh"]])
    func listsAsTheReferenceDoes(options: [String]) throws {
        let tree = try Tree()
        var entries: [FileEntry] = []
        for (index, size) in Self.sizes.enumerated() {
            let permissions = UInt32([0o644, 0o4755, 0o6600, 0o1777, 0o2010, 0o7654][index % 6])
            let time = Int64(index) * 77_777_777 - 300_000_000
            let name = "\(100 + index) \u{1}"
            try tree.makeFile("s/" + name, size: size, permissions: permissions, time: time)
            entries.append(
                FileEntry(
                    name: Array(name.utf8), mode: FileMode(.regular, permissions: permissions), length: size, mtime: time))
        }
        let level = ["--no-h": 0, "-h": 2, "-hh": 3][options.first ?? ""] ?? 1
        let listing = Listing(humanReadable: level, escaping: .ascii, showsLinkTargets: true) { _ in 0 }
        let ours = entries.map { String(decoding: listing.line($0), as: UTF8.self) }
        let theirs = try tree.rsync(options + ["-r", tree.path + "/s/"]).split(separator: "\n").map(String.init)
        // Their first line is the directory itself, whose length and time are the file system's.
        #expect(Array(theirs.dropFirst()) == ours)
    }

    @Test func showsTheFiguresOfTheReference() throws {
        let tree = try Tree()
        try tree.makeFile("s/a", size: 1_234_567, permissions: 0o644, time: 1)
        try tree.makeFile("s/b", size: 5, permissions: 0o644, time: 1)
        try FileManager.default.createSymbolicLink(atPath: tree.path + "/s/l", withDestinationPath: "a")
        let figures = TransferSummary.sample
        for (options, level) in [(["--no-h"], 0), ([], 1), (["-h"], 2), (["-hh"], 3)] {
            let target = tree.path + "/d\(level)/"
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            let theirs = try tree.rsync(options + ["-a", "--stats", tree.path + "/s/", target])
            var ours = figures
            ours.listBuildMilliseconds = theirs.contains("File list generation time") ? 1 : 0
            let text = ours.statisticsBlock(humanReadable: level) + ours.closingLines(humanReadable: level)
            #expect(steady(text) == steady(theirs))
        }
    }

    /// The lines whose figures are the same in each run, and the first words of the others.
    private func steady(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            for varying in ["File list", "Total bytes", "sent "] where line.hasPrefix(varying) {
                return line.split(separator: " ").filter { $0.first?.isNumber != true }.joined(separator: " ")
            }
            return line.components(separatedBy: "  speedup")[0]
        }
    }

    /// A temporary directory.
    final class Tree {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("report-" + UUID().uuidString).path

        init() throws {
            try FileManager.default.createDirectory(atPath: path + "/s", withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func makeFile(_ name: String, size: Int64, permissions: UInt32, time: Int64) throws {
            let file = path + "/" + name
            try Data().write(to: URL(fileURLWithPath: file))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            try handle.truncate(atOffset: UInt64(size))
            try handle.close()
            try FileManager.default.setAttributes(
                [.posixPermissions: Int(permissions), .modificationDate: Date(timeIntervalSince1970: TimeInterval(time))],
                ofItemAtPath: file)
        }

        func rsync(_ words: [String]) throws -> String {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/rsync")
            process.arguments = words
            process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension TransferSummary {
    /// Of a tree with two files of 1234567 and 5 bytes and a symlink of 1, copied into an empty directory.
    static var sample: TransferSummary {
        var summary = TransferSummary()
        summary.files = ItemCounts(regular: 2, directories: 1, symlinks: 1)
        summary.created = ItemCounts(regular: 2, symlinks: 1)
        summary.transferredCount = 2
        summary.totalSize = 1_234_573
        summary.transferredSize = 1_234_572
        summary.literal = 1_234_572
        summary.sent = 1_235_000
        summary.received = 60
        return summary
    }
}

/// A captured closing, figure by figure.
struct ClosingLineTests {
    @Test func computesRateAndSpeedup() {
        var summary = TransferSummary()
        summary.sent = 300_337
        summary.received = 104
        summary.totalSize = 600_004
        #expect(
            summary.closingLines(humanReadable: 1)
                == "\nsent 300,337 bytes  received 104 bytes  600,882.00 bytes/sec\ntotal size is 600,004  speedup is 2.00\n")
        #expect(
            summary.closingLines(humanReadable: 3)
                == "\nsent 293.30K bytes  received 104 bytes  586.80K bytes/sec\ntotal size is 585.94K  speedup is 2.00\n")
        summary.dryRun = true
        summary.sent = 177
        summary.received = 126
        #expect(
            summary.closingLines(humanReadable: 1)
                == "\nsent 177 bytes  received 126 bytes  606.00 bytes/sec\ntotal size is 600,004  speedup is 1,980.21 (DRY RUN)\n")
    }
}
