import Testing

@testable import RsyncFilter

@Suite struct MatchCaseTests {
    @Test func decidesAsTheReferenceDoes() throws {
        for item in try FilterCases.load().match_cases {
            do throws(FilterError) {
                let decision = try decide(item)
                #expect(decision == item.expect.decision, "\(item.id)")
            } catch {
                #expect(error.exitCode == item.expect.exit_code, "\(item.id): \(error)")
            }
        }
    }

    private func decide(_ item: FilterCases.Match) throws(FilterError) -> String {
        let source = "/w/src"
        var reader = FilesInMemory(root: item.source.form == "directory" ? "/w" : source)
        for (name, contents) in item.source_files ?? [:] {
            reader.files[name.hasPrefix("../") ? "/w/" + name.dropFirst(3) : source + "/" + name] = contents
        }
        var list = FilterList()
        list.transferRoot = [UInt8](reader.root)
        for option in item.options where option.kind == "environment" {
            reader.cvsIgnoreVariable = option.value.map { [UInt8]($0) }
        }
        for option in item.options {
            if let contents = option.merge_file_content { reader.files["/w/mrg"] = contents.replacing("{SRC}", with: source) }
            let text = [UInt8]((option.text ?? "").replacing("{SRC}", with: source).replacing("{MERGE}", with: "/w/mrg"))
            switch option.kind {
            case "filter": try list.add(parsing: text, reader: reader)
            case "exclude": try list.add(exclude: text)
            case "include": try list.add(include: text)
            case "exclude_from": try list.add(contentsOfFile: [UInt8](option.file_content ?? ""), kind: .exclude)
            case "include_from": try list.add(contentsOfFile: [UInt8](option.file_content ?? ""), kind: .include)
            case "cvs_exclude", "environment": break
            default: Issue.record("\(item.id): option \(option.kind)")
            }
        }
        if item.options.contains(where: { $0.kind == "cvs_exclude" }) { try list.addCVSOption(reader: reader) }
        // Implied directories are not checked (FLT-60).
        var implied = 0
        if item.source.form == "files_from" || item.source.form == "relative" {
            let components = (item.source.list?[0] ?? item.source.arg).split(separator: "/")
            let named = components.firstIndex(of: ".").map { components[($0 + 1)...] } ?? components[...]
            implied = named.count - 1
        }
        let components = item.path.split(separator: "/")
        let first = item.source.form == "directory" ? "src" : "."
        var scope = try FilterScope(list, side: .sender, firstDirectory: [UInt8](first), reader: reader)
        if first == "." { scope = try scope.entering([UInt8](first), reader: reader) }
        for count in 1...components.count {
            let name = [UInt8](components[..<count].joined(separator: "/"))
            let isLast = count == components.count
            if count > implied {
                let verdict = scope.check(name, isDirectory: isLast ? item.is_dir : true)
                if isLast { return "\(verdict)" }
                if verdict == .exclude { return "pruned" }
            }
            scope = try scope.entering(name, reader: reader)
        }
        return "none"
    }

    @Test func deletesWhatTheReferenceDeletes() throws {
        for item in try FilterCases.load().delete_cases {
            var reader = FilesInMemory(root: "/w/dest")
            for (name, contents) in item.dest_files ?? [:] { reader.files["/w/dest/" + name] = contents }
            var list = FilterList()
            list.transferRoot = [UInt8](reader.root)
            for option in item.options {
                let text = [UInt8](option.text ?? "")
                switch option.kind {
                case "filter": try list.add(parsing: text, reader: reader)
                case "exclude": try list.add(exclude: text)
                case "delete_excluded": list.deletesExcluded = true
                case "backup": list.addBackupProtection(suffix: [UInt8]("~"))
                case "cvs_exclude": try list.addCVSOption(reader: reader)
                default: Issue.record("\(item.id): option \(option.kind)")
                }
            }
            var scope = try FilterScope(list, side: .receiver, firstDirectory: [UInt8]("."), reader: reader)
                .entering([UInt8]("."), reader: reader)
            var isProtected = false
            var isDoomed = false
            let components = item.path.split(separator: "/")
            for count in 1...components.count {
                let name = components[..<count].joined(separator: "/")
                let isLast = count == components.count
                if isLast || name == "gone" {
                    let verdict = scope.check(
                        [UInt8](name), isDirectory: isLast ? item.is_dir : true, insideDoomedDirectory: isDoomed)
                    isProtected = isProtected || verdict == .exclude
                    isDoomed = isDoomed || name == "gone"
                }
                scope = try scope.entering([UInt8](name), reader: reader)
            }
            #expect(!isProtected == item.expect.deleted, "\(item.id)")
        }
    }

    @Test func acceptsAndRefusesSyntaxAsTheReferenceDoes() throws {
        for item in try FilterCases.load().syntax_cases {
            let isValid = item.text.isEmpty || (try? FilterRule.parse([UInt8](item.text))) != nil
            #expect(isValid == item.valid, "\(item.id) \(item.text)")
        }
    }

    @Test func asksForWhatTheReferenceAsksFor() throws {
        for item in try FilterCases.load().requested_name_cases {
            // Switched off by the caller, who then does not make the check at all.
            if item.options.contains("--trust-sender") || item.options.contains("--old-args") { continue }
            // Ours reads ".." as "." (FLT-99 c).
            let deviates = item.source_args == [".."]
            var list = FilterList()
            list.deletesExcluded = item.options.contains("--delete-excluded")
            for option in item.options where option.hasPrefix("-f") {
                try list.add(parsing: [UInt8](String(option.dropFirst(2))))
            }
            if item.options.contains("-C") { try list.addCVSOption(reader: FilesInMemory()) }
            let hasList = item.files_from_lines != nil
            let requested = RequestedNames(
                arguments: (item.files_from_lines ?? item.source_args).map { [UInt8]($0) },
                options: .init(
                    relative: item.options.contains("-R") || (hasList && !item.options.contains("--no-R")),
                    recursive: item.options.contains("-r"),
                    directories: hasList || item.options.contains("-d")))
            let name = [UInt8](item.name)
            let verdict =
                if requested.check(name, isDirectory: item.is_dir) == .notRequested {
                    "reject_not_requested"
                } else if list.wouldBeWithheld(name, isDirectory: item.is_dir, isImplied: false) {
                    "reject_excluded"
                } else {
                    "accept"
                }
            #expect(verdict == (deviates ? "accept" : item.expect), "\(item.id)")
        }
    }
}
