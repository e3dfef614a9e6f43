import RsyncEngine
import RsyncHost
import RsyncProtocol
import RsyncWire
import Synchronization
import Testing

@Suite struct LandlockTests {
    private final class Findings: Sendable {
        let report = Mutex<Confinement.Report?>(nil)
        let failures = Mutex<[String: Int32?]>([:])
        func note(_ what: String, _ number: Int32?) { failures.withLock { $0[what] = .some(number) } }
    }

    /// The rules bind the thread that asks for them, so a thread is thrown away for it.
    @Test func keepsAConfinedThreadToItsRoots() throws {
        let sandbox = try Sandbox()
        try sandbox.directory("rw/a")
        try sandbox.directory("rw/b")
        try sandbox.directory("ro")
        try sandbox.write("ro/f")
        let tree = try sandbox.tree()
        let writable = try tree.subtree(path("rw"))
        let readable = try tree.subtree(path("ro"))
        let outside = Array(sandbox.outside.utf8)
        let findings = Findings()
        onThreads(1) { _ in
            do {
                let report = try Confinement.apply(roots: [
                    .init(descriptor: writable.rootDescriptor, isWritable: true),
                    .init(descriptor: readable.rootDescriptor, isWritable: false),
                ])
                findings.report.withLock { $0 = report }
                findings.note("write", failure {
                    let file = try writable.createTemporary(for: path("a/f"))
                    try write("x", to: file)
                    try file.publish(as: path("a/f"))
                })
                findings.note("move", failure { try writable.rename(path("a/f"), to: path("b/f")) })
                findings.note("read", failure { _ = try readable.open(path("f")) })
                findings.note("write into ro", failure { _ = try readable.createTemporary(for: path("g")) })
                findings.note("make a fifo", failure {
                    try writable.makeNode(path("p"), mode: FileMode(.fifo, permissions: 0o600), device: .none)
                })
                findings.note("list outside", Confinement.refuses(listing: outside) ? 13 : nil)
            } catch {
                Issue.record("\(error)")
            }
        }
        let report = try #require(findings.report.withLock { $0 })
        #expect(report.hasNoNewPrivileges)
        // A kernel without Landlock has nothing more to show.
        guard report.landlockVersion != nil else { return }
        let failures = findings.failures.withLock { $0 }
        #expect(failures["write"] == .some(nil))
        #expect(failures["move"] == .some(report.forbidsCrossDirectoryRename ? FileError.crossDevice : nil))
        #expect(failures["read"] == .some(nil))
        for refused in ["write into ro", "make a fifo", "list outside"] {
            #expect(failures[refused] == .some(FileError.accessDenied), "\(refused)")
        }
        #expect(!Confinement.refuses(listing: outside), "other threads are free")
    }

    /// As the agent of a backup is: nothing but the reading of what it was told to send.
    @Test func letsReadWhatIsNamedAndWriteNothing() throws {
        let sandbox = try Sandbox()
        try sandbox.directory("d/e")
        try sandbox.write("d/e/f")
        try sandbox.write("single")
        try sandbox.write("other")
        try sandbox.symlink("link", to: "other")
        let tree = try sandbox.tree()
        let named = ["d", "single", "link", "missing"].map { Array((sandbox.root + "/" + $0).utf8) }
        let findings = Findings()
        onThreads(1) { _ in
            do {
                let report = try Confinement.apply(roots: [], reading: named, relinking: true)
                findings.report.withLock { $0 = report }
                findings.note("read below", failure { _ = try tree.open(path("d/e/f")) })
                findings.note("list", failure { _ = try tree.names(in: path("d/e")) })
                findings.note("read a file", failure { _ = try tree.open(path("single")) })
                findings.note("read another", failure { _ = try tree.open(path("other")) })
                findings.note("write", failure { _ = try tree.createTemporary(for: path("d/e/f")) })
                findings.note("remove", failure { try tree.removeFile(path("single")) })
                findings.note("list the parent", failure { _ = try tree.names(in: .root) })
            } catch {
                Issue.record("\(error)")
            }
        }
        let report = try #require(findings.report.withLock { $0 })
        #expect(report.landlockVersion != 1)
        guard report.landlockVersion != nil else { return }
        let failures = findings.failures.withLock { $0 }
        for allowed in ["read below", "list", "read a file"] { #expect(failures[allowed] == .some(nil), "\(allowed)") }
        for refused in ["read another", "write", "remove", "list the parent"] {
            #expect(failures[refused] == .some(FileError.accessDenied), "\(refused)")
        }
    }
}
