import RsyncProtocol
import RsyncWire
import TestSupport
import Testing

@Suite struct TransferStatisticsTests {
    /// SES-202, SES-203 and SES-204, as captured.
    @Test(arguments: [
        (Int32(28), TransferStatistics(bytesRead: 52, bytesWritten: 195, totalSize: 12), "34000000 c3000000 0c000000"),
        (
            29, TransferStatistics(bytesRead: 72, bytesWritten: 215, totalSize: 12, listBuildMilliseconds: 1),
            "48000000 d7000000 0c000000 01000000 00000000"
        ),
        (
            32, TransferStatistics(bytesRead: 77, bytesWritten: 226, totalSize: 12, listBuildMilliseconds: 1),
            "004d00 00e200 000c00 000100 000000"
        ),
    ])
    func isAsCaptured(number: Int32, statistics: TransferStatistics, text: String) {
        let traits = traits(number)
        #expect(written { statistics.write(to: &$0, traits: traits) } == hex(text))
        let read = assertReads(hex(text)) { (r) throws(WireError) in
            try TransferStatistics(reading: &r, traits: traits)
        }
        #expect(read == statistics)
        assertDrips(hex(text)) { (r) throws(WireError) in try TransferStatistics(reading: &r, traits: traits) }
    }

    @Test func carriesAnyValue() {
        let wild = TransferStatistics(bytesRead: -1, bytesWritten: .max, totalSize: 1 << 40)
        for traits in allTraits {
            let bytes = written { wild.write(to: &$0, traits: traits) }
            assertDrips(bytes) { (r) throws(WireError) in try TransferStatistics(reading: &r, traits: traits) }
            let read = assertReads(bytes) { (r) throws(WireError) in
                try TransferStatistics(reading: &r, traits: traits)
            }
            #expect(read == wild)
        }
    }
}

@Suite struct DeletionStatisticsTests {
    private func read(_ reader: inout ByteReader) throws(WireError) -> DeletionStatistics {
        try DeletionStatistics(reading: &reader)
    }

    /// SES-137, less the index in front.
    @Test func isAsInTheExample() {
        let statistics = DeletionStatistics(files: 2, directories: 1, symlinks: 1)
        #expect(written { statistics.write(to: &$0) } == hex("02 01 01 00 00"))
        #expect(assertReads(hex("02 01 01 00 00"), reading: read) == statistics)
        assertDrips(hex("02 01 01 00 00"), reading: read)
        #expect(statistics.total == 4)
    }

    @Test func boundsEveryCount() {
        let largest = DeletionStatistics(
            files: 1 << 28, directories: 1 << 28, symlinks: 1 << 28, devices: 1 << 28, specials: 1 << 28)
        let bytes = written { largest.write(to: &$0) }
        #expect(assertReads(bytes, reading: read) == largest)
        #expect(largest.total == 5 << 28)
        let fields = ["files", "directories", "symlinks", "devices", "specials"]
        for (position, field) in fields.enumerated() {
            for bad in [Int32(1 << 28) + 1, -1, .min] {
                let bytes = written { for index in 0..<5 { $0.varInt(index == position ? bad : 0) } }
                assertRefuses(bytes, field: field, exitCode: 2, reading: read)
            }
        }
    }

    @Test func survivesCorruption() {
        assertSurvivesCorruption(of: hex("02 81 00 01 00 00"), reading: read, writing: { $0.write(to: &$1) })
    }
}

@Suite struct ErrorBitsTests {
    @Test func dropsUnknownBits() {
        let read = assertReads(hex("ff ff ff 7f")) { (r) throws(WireError) in try ErrorBits(reading: &r) }
        #expect(read == [.general, .vanished, .deleteLimit])
        assertDrips(hex("01 00 00 00")) { (r) throws(WireError) in try ErrorBits(reading: &r) }
        #expect(written { ErrorBits([.general, .deleteLimit]).write(to: &$0) } == hex("05 00 00 00"))
    }

    @Test func becomeAnExitCode() {
        #expect(ErrorBits().exitCode == .success)
        #expect(ErrorBits([.general, .vanished]).exitCode == .partialTransfer)
        #expect(ErrorBits([.vanished, .deleteLimit]).exitCode == .vanished)
        #expect(ErrorBits.deleteLimit.exitCode == .deleteLimit)
    }

    @Test func exitCodesHaveTheirMeaning() {
        #expect(ExitCode.streamIO.meaning == "error in rsync protocol data stream")
        #expect(ExitCode(rawValue: 126).meaning == "remote command could not be run")
        #expect(ExitCode(rawValue: 77).meaning == nil)
        #expect([ExitCode.socketIO, .streamIO, .userSignal, .timeout, .success].allSatisfy { !$0.isAnnounced })
        #expect(ExitCode.syntax.isAnnounced)
    }
}
