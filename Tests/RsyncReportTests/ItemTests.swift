import RsyncProtocol
import RsyncReport
import Testing

struct ItemTests {
    static let local = ItemizedString.Context(sendsToRemote: false, preservesTimes: true)

    /// MET-164.
    @Test(arguments: [
        ([.transfer, .isNew], FileType.regular, ">f+++++++++"), ([.localChange, .isNew], .directory, "cd+++++++++"),
        ([.localChange, .isNew], .symlink, "cL+++++++++"), ([.localChange, .isNew, .xnameFollows], .regular, "hf+++++++++"),
        ([.localChange, .isNew], .fifo, "cS+++++++++"), ([.localChange, .isNew], .characterDevice, "cD+++++++++"),
        ([.transfer, .reportSize], .regular, ">f.s......."),
        ([.transfer, .reportSize, .reportTime], .regular, ">f.st......"), ([.transfer, .reportChange], .regular, ">fc........"),
        ([.reportPermissions], .regular, ".f...p....."), ([.reportOwner, .reportGroup], .regular, ".f....og..."),
        ([.reportTime], .directory, ".d..t......"), ([.localChange, .reportChange, .reportTime], .symlink, "cLc.t......"),
        ([.localChange, .reportChange, .reportTime, .reportTimeFail], .symlink, "cLc.T......"),
        ([.reportAtime], .regular, ".f......u.."), ([.reportAtime, .reportCrtime], .regular, ".f......b.."),
        ([.reportCrtime], .regular, ".f......n.."), ([.reportACL], .regular, ".f.......a."), ([.reportXattr], .regular, ".f........x"),
        ([], .regular, ".f         "), ([.localChange, .xnameFollows], .regular, "hf         "),
        ([.transfer], .regular, ">f........."),
    ] as [(ItemFlags, FileType, String)])
    func itemizes(flags: ItemFlags, type: FileType, expected: String) {
        #expect(ItemizedString.text(flags, type: type, context: Self.local) == expected)
        #expect(expected.count == 11)
    }

    @Test func itemizesByItsSurroundings() {
        let push = ItemizedString.Context(sendsToRemote: true, preservesTimes: false)
        #expect(ItemizedString.text([.transfer, .reportTime], type: .regular, context: push) == "<f..T......")
        #expect(ItemizedString.text([.transfer], type: .regular, context: push, hasDetails: false) == "<f?????????")
        let old = ItemizedString.Context(sendsToRemote: false, preservesTimes: true, setsLinkTimes: false)
        #expect(ItemizedString.text([.localChange, .reportTime], type: .symlink, context: old) == "cL..T......")
    }

    /// The lines a local `rsync -aHi`, `-aHii --delete` and `-av --delete` print.
    @Test func printsLinesAsTheReferenceDoes() {
        let items = report("%i %n%L")
        #expect(line(items, [.localChange, .isNew], entry(".", .directory)) == "cd+++++++++ ./")
        #expect(line(items, [.localChange, .isNew], entry("l", .symlink, target: "a")) == "cL+++++++++ l -> a")
        #expect(
            line(items, [.localChange, .isNew, .xnameFollows], entry("b", .regular), linkedTo: "h") == "hf+++++++++ b => h")
        #expect(line(items, [], entry("a", .regular)) == nil)
        #expect(line(report("%i %n%L", unchanged: true), [], entry("sub", .directory)) == ".d          sub/")
        #expect(text(items.deletionLine(Array("dd".utf8), isDirectory: true)) == "*deleting   dd/")

        let names = report("%n%L")
        #expect(line(names, [.transfer, .isNew], entry("a", .regular)) == "a")
        #expect(line(names, [.reportTime], entry(".", .directory)) == "./")
        #expect(line(names, [.reportTime], entry("a", .regular)) == nil)
        #expect(line(names, [.localChange, .isNew], entry("l", .symlink, target: "a\n")) == "l -> a\\#012")
        #expect(line(names, [.localChange, .xnameFollows, .isNew], entry("b", .regular), linkedTo: "h") == "b => h")
        #expect(text(names.deletionLine(Array("zz".utf8), isDirectory: false)) == "deleting zz")
        #expect(line(report(nil), [.transfer], entry("a", .regular)) == nil)
    }

    @Test func endsARunInOneLine() {
        #expect(
            Notices.exitLine(code: 12, role: "sender", version: "0.1.0")
                == "rsync error: error in rsync protocol data stream (code 12) at ebb [sender=0.1.0]")
        #expect(Notices.exitLine(code: 24, role: "sender", version: "0.1.0")?.hasPrefix("rsync warning: ") == true)
        #expect(Notices.exitLine(code: 0, role: "sender", version: "0.1.0") == nil)
        #expect(Notices.listStart(isSender: true, isIncremental: false) == "building file list ... ")
        #expect(Notices.listEnd(isIncremental: false, countsFiles: true, count: 1) == "1 file to consider")
    }

    private func report(_ format: String?, unchanged: Bool = false) -> ItemReport {
        ItemReport(
            format: format.map { OutputFormat(Array($0.utf8)) }, showsUnchanged: unchanged,
            formatter: ItemFormatter(sendsToRemote: false, escaping: .utf8))
    }

    private func entry(_ name: String, _ type: FileType, target: String = "") -> FileEntry {
        FileEntry(name: Array(name.utf8), mode: FileMode(type, permissions: 0o644), linkTarget: Array(target.utf8))
    }

    private func line(_ report: ItemReport, _ flags: ItemFlags, _ entry: FileEntry, linkedTo: String = "") -> String? {
        var facts = ItemFacts(entry: entry, flags: flags, operation: .send)
        facts.linkedTo = Array(linkedTo.utf8)
        return report.line(facts).map(text)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
