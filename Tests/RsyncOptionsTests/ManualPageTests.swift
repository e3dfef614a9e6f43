import Foundation
import RsyncOptions
import Testing

struct ManualPageTests {
    private let page = ManualPage.render(program: "ebb rsync", version: "1.0")
    private let help = HelpText.render(program: "ebb rsync")

    @Test func bothNameEverySupportedOptionAndItsValue() {
        for option in OptionTable.all where option.support == .supported && option.wire != .serverOnly {
            var spellings = option.names.map { "--" + $0 }
            if let letter = option.letter { spellings.append("-" + String(letter)) }
            for spelling in spellings {
                #expect(page.contains("\\fB" + spelling.replacingOccurrences(of: "-", with: "\\-") + "\\fR"), "\(spelling)")
                #expect(help.contains(spelling), "\(spelling)")
            }
            if let value = option.value { #expect(help.contains(value)) }
            #expect(!option.help.isEmpty)
        }
    }

    @Test func noLineOfTextIsARequest() {
        for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect([".TH", ".SH", ".TP", ".PP", ".B ", ".BR", ".nf", ".fi"].contains { line.hasPrefix($0) }, "\(line)")
        }
    }

    @Test func groffHasNothingToSay() throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/groff")
        process.arguments = ["-ww", "-z", "-man"]
        let (input, errors) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardError = errors
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(page.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(said == "")
    }
}
