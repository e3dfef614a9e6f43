import Testing

@testable import RsyncFilter

@Suite struct FilterListTests {
    // Backtracking would not end within the age of the universe.
    @Test(.timeLimit(.minutes(5))) func hostilePatternsCostNoMoreThanTheirLengthTimesTheNames() throws {
        let name = [UInt8](repeating: 0x61, count: 1000)
        for pattern in [
            String(repeating: "*a", count: 2000) + "b",
            String(repeating: "**a", count: 1300) + "b",
            String(repeating: "*?", count: 2000) + "b",
            "**" + String(repeating: "a*", count: 25) + "b",
        ] {
            var list = FilterList()
            try list.add(exclude: [UInt8](pattern))
            #expect(list.check(name, isDirectory: false, side: .sender) == .none)
        }
    }

    @Test func longAndShortMatchersAgree() {
        for (pattern, subject, fits) in [
            ("a*c", "abc", true), ("a*c", "a/c", false), ("a**c", "a/b/c", true), ("[a-c]?", "bx", true), ("*", "", true),
            ("**", "", true), ("", "", true), ("?", "", false), ("*x", "yx", true), ("[!a]", "/", false),
        ] {
            // Escaped bytes in front make the pattern too long for one machine word.
            let padding = String(repeating: "z", count: 70)
            for lead in ["", padding] {
                let bytes = [UInt8](lead + subject)
                #expect(Wildcard([UInt8](lead + pattern)).matches(bytes, 0..<bytes.count) == fits, "\(pattern) \(subject)")
            }
        }
    }

    @Test func dropsPatternsAtTheLimitAndGoesOn() throws {
        var list = FilterList()
        try list.add(exclude: [UInt8](repeating: 0x61, count: FilterLimits.pattern - 1))
        #expect(list.rules.count == 1 && list.dropped.isEmpty)
        try list.add(exclude: [UInt8](repeating: 0x61, count: FilterLimits.pattern))
        #expect(list.rules.count == 1 && list.dropped.map(\.code) == [.patternTooLong])
    }

    @Test func dropsLinesAboveTheLimit() throws {
        var list = FilterList()
        let long = String(repeating: "a", count: FilterLimits.line + 1)
        try list.add(contentsOfFile: [UInt8](long + "\nb\n"), kind: .exclude)
        #expect(list.dropped.map(\.code) == [.lineTooLong])
        #expect(list.check([UInt8]("b"), isDirectory: false, side: .sender) == .exclude)
    }

    @Test func splitsFilesAtNulWhenAskedTo() throws {
        var list = FilterList()
        try list.add(contentsOfFile: [UInt8]("a\nb\0c"), kind: .exclude, nulTerminated: true)
        #expect(list.rules.map(\.pattern.bytes) == [[UInt8]("a\nb"), [UInt8]("c")])
    }

    @Test func refusesRulesThatNeedFilesWhereNoneCanBeRead() {
        for text in [". rules", "merge rules", "-C", "+C", ".C"] {
            var list = FilterList()
            let error = #expect(throws: FilterError.self) { try list.add(parsing: [UInt8](text)) }
            #expect(error?.code == .filesUnavailable && error?.rule == [UInt8](text))
        }
    }

    @Test func stopsAtMergeFilesThatNameThemselves() {
        var list = FilterList()
        let reader = FilesInMemory(files: ["loop": ". loop\n"])
        let error = #expect(throws: FilterError.self) { try list.add(parsing: [UInt8](". loop"), reader: reader) }
        #expect(error?.code == .nestedTooDeeply && error?.exitCode == 11)
    }

    @Test func neverMatchesTheTransferRoot() throws {
        var list = FilterList()
        try list.add(exclude: [UInt8]("*"))
        try list.add(parsing: [UInt8]("-! x"))
        #expect(list.check([UInt8]("."), isDirectory: true, side: .sender) == .none)
        #expect(list.check([], isDirectory: true, side: .sender) == .none)
        #expect(!list.wouldBeWithheld([UInt8]("."), isDirectory: true, isImplied: false))
    }

    @Test func toleratesImpliedDirectoriesThatARuleExcludes() throws {
        var list = FilterList()
        try list.add(exclude: [UInt8]("sub"))
        #expect(list.wouldBeWithheld([UInt8]("sub"), isDirectory: true, isImplied: false))
        #expect(!list.wouldBeWithheld([UInt8]("sub"), isDirectory: true, isImplied: true))
    }

    @Test func keepsAttributeRulesApart() throws {
        var list = FilterList()
        try list.add(parsing: [UInt8]("-x user.a*"))
        #expect(list.hasAttributeRules)
        #expect(list.check([UInt8]("user.ab"), isDirectory: false, side: .sender) == .none)
        #expect(list.checkAttribute([UInt8]("user.ab"), side: .sender) == .exclude)
        #expect(list.checkAttribute([UInt8]("user.b"), side: .sender) == .none)
    }

    @Test func comparesAnchorDirectoriesLiterally() throws {
        let reader = FilesInMemory(files: ["/w/src/d*/.r": "- /a\n"])
        var list = FilterList()
        list.transferRoot = [UInt8]("/w/src")
        try list.add(parsing: [UInt8](": .r"))
        let scope = try FilterScope(list, side: .sender, firstDirectory: [UInt8]("d*"), reader: reader)
            .entering([UInt8]("d*"), reader: reader)
        #expect(scope.check([UInt8]("d*/a"), isDirectory: false) == .exclude)
        #expect(scope.check([UInt8]("dx/a"), isDirectory: false) == .none)
    }

    @Test func namesOfClearedMergesStayTakenBelow() throws {
        let reader = FilesInMemory(files: [
            "/w/src/d/.r": ": .r2\n", "/w/src/d/.r2": "- a\n", "/w/src/d/e/.r": "!\n", "/w/src/d/e/f/.r": ": .r2\n",
            "/w/src/d/e/f/.r2": "- b\n", "/w/src/g/.r": ": .r2\n", "/w/src/g/.r2": "- b\n",
        ])
        var list = FilterList()
        list.transferRoot = [UInt8]("/w/src")
        try list.add(parsing: [UInt8](": .r"))
        var scope = try FilterScope(list, side: .sender, firstDirectory: [UInt8]("d"), reader: reader)
        scope = try scope.entering([UInt8]("d"), reader: reader)
        #expect(scope.check([UInt8]("d/a"), isDirectory: false) == .exclude)
        scope = try scope.entering([UInt8]("d/e"), reader: reader)
        #expect(scope.check([UInt8]("d/e/a"), isDirectory: false) == .none)
        scope = try scope.entering([UInt8]("d/e/f"), reader: reader)
        #expect(scope.check([UInt8]("d/e/f/a"), isDirectory: false) == .none)
        #expect(scope.check([UInt8]("d/e/f/b"), isDirectory: false) == .none)
        scope = try FilterScope(list, side: .sender, firstDirectory: nil, reader: reader).entering([UInt8]("g"), reader: reader)
        #expect(scope.check([UInt8]("g/b"), isDirectory: false) == .exclude)
    }

    @Test func tellsParentsFromWhatWasAskedFor() {
        let options = RequestedNames.Options(relative: true, recursive: true, directories: false)
        let requested = RequestedNames(arguments: [[UInt8]("a/b")], options: options)
        #expect(requested.check([UInt8]("a"), isDirectory: true) == .parentOnly)
        #expect(requested.check([UInt8]("a/b"), isDirectory: true) == .requested)
        #expect(!requested.asksForRootContents)
        #expect(RequestedNames(arguments: [[UInt8]("a/..")], options: options).asksForRootContents)
        let module = RequestedNames.Options(relative: false, recursive: true, directories: false, namesModule: true)
        #expect(RequestedNames(arguments: [[UInt8]("module")], options: module).asksForRootContents)
        #expect(RequestedNames(arguments: [[UInt8]("module/x")], options: module).check([UInt8]("x"), isDirectory: false) == .requested)
    }
}
