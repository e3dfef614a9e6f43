import PeerKit
import Testing

/// Every option beside stock rsync, in every role. `EBB_OPTIONS_FULL=1` takes all protocols in each; `EBB_OPTION` names
/// cells as `SLUG/ROLE/PROTOCOL`, where `*` or what is left out at the end stands for anything; `EBB_OPTIONS_STOCK` is another
/// rsync to compare with; what the one in PATH does as ours does there counts as a difference between the two.
struct OptionChecks {
    @Test func everyOptionDoesWhatStockRsyncDoes() throws {
        let stock = Programs.variable("EBB_OPTIONS_STOCK").flatMap { PeerCatalogue.inspect($0) } ?? PeerCatalogue.stock()
        guard let stock else {
            print("| MISSING: no rsync in PATH; CI/setup installs it")
            if Programs.variable("CI") == "true" { Issue.record("no rsync in PATH") }
            return
        }
        let result = try OptionRun(stock: stock.executable, newest: PeerCatalogue.stock()?.executable).run(OptionCase.all)
        for failure in result.failures { Issue.record("\(failure)") }
        print("| options: \(OptionCase.all.count) cases, \(result.cells) cells, \(result.failures.count) failed\(result.remarks)")
    }

    @Test func everySupportedOptionHasACase() {
        for breach in OptionCover.breaches(OptionCase.all) { Issue.record("\(breach)") }
    }

    @Test func takesTheCoveredOptionsOut() {
        for (covers, arguments, rest) in [
            (["partial-dir"], ["-a", "--partial-dir=x", "--partial"], ["-a", "--partial"]),
            (["partial-dir"], ["-a", "--partial-dir", "x", "y"], ["-a", "y"]),
            (["hard-links"], ["-aHv", "-H"], ["-av"]),
            (["block-size"], ["-avB", "700", "-B900"], ["-av"]),
            (["times"], ["-rB", "tt", "-t", "--no-t", "--no-times"], ["-rB", "tt"]),
            (["P"], ["-aP", "--partial"], ["-a", "--partial"]),
        ] as [([String], [String], [String])] {
            #expect(OptionCover.without(covers, arguments) == rest)
        }
    }
}
