import RsyncOptions
import Testing

@testable import RestrictedShell

@Suite struct OptionClassTests {
    /// An option that is new in the table is refused until somebody has thought about it, and this says so.
    @Test func everyOptionHasAClass() {
        let known = Set(OptionTable.all.map(OptionClass.key))
        #expect(known.subtracting(OptionClass.table.keys) == [], "options without a class: OptionClass.table")
        #expect(Set(OptionClass.table.keys).subtracting(known) == [], "classes without an option")
    }

    @Test func whatTakesAPlaceHasItChecked() {
        // By their placeholders in the option table: a new option with such a value must be thought about.
        for option in OptionTable.all where option.value == "DIR" || option.value == "FILE" {
            guard let kind = OptionClass.of(option), kind.verdict != .refused else { continue }
            // Its file is the client's; a server takes it for a dry run.
            if OptionClass.key(option) == "only-write-batch" { continue }
            #expect(kind.value != .plain, "\(option.displayName)")
        }
    }

    @Test func whatIsRefusedHasNoWayBack() {
        for (name, kind) in OptionClass.table where kind.verdict != .allowed { #expect(!kind.isNegatable, "\(name)") }
        for name in ["munge-links", "drop-D", "ignore-existing"] { #expect(OptionClass.table[name]?.isNegatable == false) }
    }

    @Test func everythingThatDeletesIsKnownToDelete() {
        for option in OptionTable.all {
            let name = OptionClass.key(option)
            guard name.hasPrefix("delete") || name.hasPrefix("remove") else { continue }
            #expect(OptionClass.of(option)?.deeds.isEmpty == false, "\(name)")
        }
    }
}
