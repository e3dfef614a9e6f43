import CConform
import Glibc
import PeerKit
import RsyncProtocol
import TraceKit

/// What is said about one session of a cell.
struct CellJudge {
    let one: Case
    let role: TargetRole
    let protocolNumber: Int32
    let preparation: CellPreparation
    let seen: Observation
    let level: Level
    /// What must come of it: the case's, or that it completes where the case's fault is left out.
    let outcome: Expectation.Outcome
    /// Trees before.
    let source: TreeSnapshot
    let destination: TreeSnapshot
    let beside: TreeSnapshot
    let maker: TreeMaker

    var expect: Expectation { one.expect }
    var sandbox: Sandbox { preparation.sandbox }
    var names: Placeholders { Placeholders(box: sandbox.box) }

    struct Judgement {
        var findings: [Finding] = []
        /// Why the verdict is `unsupported`.
        var unsupported: String?
        var trouble: String?
        var excerpt = ""
    }

    /// COMMAND says so itself.
    static let unsupportedStatus: Int32 = 89

    func judge() -> Judgement {
        var judgement = Judgement()
        if let trouble = seen.trouble {
            judgement.trouble = trouble
            return judgement
        }
        if seen.target == .exited(Self.unsupportedStatus) {
            judgement.unsupported = "the target ended with \(Self.unsupportedStatus)"
            return judgement
        }
        if case .script(let outcome) = seen.peer, case .unsupported(let reason) = outcome.ending {
            judgement.unsupported = reason
            return judgement
        }
        if case .script(let outcome) = seen.peer, case .unusable(let reason) = outcome.ending {
            judgement.trouble = "script: \(reason)"
            return judgement
        }
        let view = WireView(seen, isPush: !preparation.targetSends == role.isServer, protocolNumber: protocolNumber)
        var findings = endings()
        do {
            if findings.isEmpty { findings += try trees() }
            // What is wanted of the wire and of words holds for the session that the case is about.
            if outcome == expect.outcome {
                let fields = FieldJudge(view: view, clause: one.clauses[0]) { names.expand($0) }
                for field in expect.fields { findings += try fields.findings(field) }
                findings += bytes(view)
                findings += try arguments()
                let said = seen.targetErrors + view.messages
                for text in expect.says { findings += try compare(text, said, "message") }
                for text in expect.prints { findings += try compare(text, seen.targetOutput, "output") }
            }
        } catch {
            judgement.trouble = "\(error)"
            return judgement
        }
        if case .script(let outcome) = seen.peer { findings += outcome.findings }
        if level != .must { findings = findings.map { softened($0) } }
        // Whatever the level: these are never right, and say more than what comes of them.
        let grave = always()
        if grave.isEmpty, !findings.isEmpty, let refusal {
            judgement.unsupported = "it refuses what the case asks of it: \(refusal)"
            return judgement
        }
        findings = grave + findings
        judgement.findings = findings
        judgement.excerpt = findings.isEmpty ? "" : excerpt(findings, view)
        return judgement
    }

    /// In what words a target that should have done something says that it has no such option.
    private var refusal: String? {
        guard outcome == expect.outcome, expect.allowedCodes == .success || endsBeforeArguments else { return nil }
        guard seen.target == .exited(1) || seen.target == .exited(4) else { return nil }
        let names = optionNames
        let lines = String(decoding: seen.targetErrors, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.first { line in
            // An error of the system ends with its number.
            !line.hasPrefix("rsync error:") && !line.hasSuffix(")") && names.contains { line.contains($0) }
                && ["unknown option", "not supported", "rsync lacks"].contains { line.contains($0) }
        }.map { String($0.prefix(200)) }
    }

    /// Only its arguments are looked at, which the case has it hand over, and it has not.
    private var endsBeforeArguments: Bool {
        guard case .argumentsOnly = one.peer else { return false }
        return expect.outcome == .ends && expect.exit == nil && seen.shellCall == nil
    }

    /// Options that are refused under another name.
    private static let otherNames = [
        "--preallocate": "preallocation", "--old-compress": "--compress", "--compress-level": "--compress",
    ]

    /// What a refusal of one of the case's options would name.
    private var optionNames: [String] {
        let letters: [UInt8: String] = [UInt8(ascii: "z"): "--compress", UInt8(ascii: "S"): "--sparse", UInt8(ascii: "A"): "--acls", UInt8(ascii: "X"): "--xattrs", UInt8(ascii: "N"): "--crtimes", UInt8(ascii: "U"): "--atimes"]
        return (one.options + (one.arguments ?? [])).flatMap { word -> [String] in
            if word.starts(with: "--".utf8) {
                let name = String(decoding: word.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
                return name == "--" ? [] : [name] + (Self.otherNames[name].map { [$0] } ?? [])
            }
            return word.first == UInt8(ascii: "-") ? word.dropFirst().compactMap { letters[$0] } : []
        }
    }

    private func softened(_ finding: Finding) -> Finding {
        var finding = finding
        finding.must = false
        return finding
    }

    func finding(_ field: String, _ text: String, expected: [UInt8] = [], found: [UInt8] = [], must: Bool = true) -> Finding {
        Finding(clause: one.clauses[0], field: field, text: text, expected: expected, found: found, must: must)
    }

    // MARK: How it ended

    private func endings() -> [Finding] {
        var findings: [Finding] = []
        if case .exited(let status) = seen.target {
            if outcome == .refuses, status == 0 {
                findings.append(finding("exit", "ended with 0, expected a refusal"))
            } else if let codes = outcome == expect.outcome ? expect.allowedCodes : .success, !codes.allowed.contains(status) {
                findings.append(finding("exit", "ended with \(status), expected \(codes.description)"))
            }
        }
        let isWell = outcome == .completes && expect.exit.map { $0 == .success } ?? true
        let codes = outcome == expect.outcome ? expect.peerExit ?? (isWell ? .success : nil) : .success
        switch seen.peer {
        case .process(.exited(let status)):
            if let codes, !codes.allowed.contains(status) {
                findings.append(finding("peer", "the peer ended with \(status), expected \(codes.description)"))
            }
        case .process(.signalled(let number)):
            if codes != nil { findings.append(finding("peer", "the peer was ended by signal \(number)")) }
        case .killed:
            if codes != nil, seen.target != nil { findings.append(finding("peer", "the peer did not end")) }
        case .script, .none: break
        }
        return findings
    }

    private func always() -> [Finding] {
        var findings: [Finding] = []
        switch seen.target {
        case nil:
            findings.append(finding("exit", "still ran after \(Int(expect.seconds * preparation.setting.timeoutFactor)) s"))
        case .signalled(let number): findings.append(finding("exit", "ended by signal \(number)"))
        case .exited: break
        }
        if seen.leftOver { findings.append(finding("processes", "processes were left over")) }
        for place in sandbox.violations { findings.append(finding("outside", "\(place) was touched")) }
        // A process starts out with the size of the one that started it, which therefore counts for nothing.
        let floor = conform_own_peak() * 21 / 20
        if seen.targetPeakKibibytes > max(expect.mebibytes << 10, floor) {
            findings.append(finding("memory", "\(seen.targetPeakKibibytes >> 10) MiB resident, allowed \(expect.mebibytes)"))
        }
        return findings
    }

    // MARK: Words and bytes

    private func bytes(_ view: WireView) -> [Finding] {
        switch expect.bytes {
        case nil: return []
        case .exactly(let allowed):
            guard !allowed.contains(view.data), let nearest = allowed.max(by: { common($0, view.data) < common($1, view.data) })
            else { return [] }
            let offset = common(nearest, view.data)
            return [
                Finding(
                    clause: one.clauses[0], field: "bytes", offset: view.rawOffset(offset),
                    text: "\(view.data.count) bytes written, expected \(nearest.count); behind the demultiplexer they part at \(offset)",
                    expected: Array(nearest[offset...].prefix(32)), found: Array(view.data[offset...].prefix(32)), must: true)
            ]
        case .sha256(let wanted):
            let found = SHA256.hexadecimal(view.data)
            return found == wanted.lowercased() ? [] : [finding("bytes", "sha256 of \(view.data.count) bytes is \(found), expected \(wanted)")]
        }
    }

    private func common(_ left: [UInt8], _ right: [UInt8]) -> Int { zip(left, right).prefix { $0 == $1 }.count }

    private func arguments() throws -> [Finding] {
        var findings: [Finding] = []
        if let wanted = expect.arguments {
            let found = seen.shellCall?.arguments ?? seen.serverArguments
            let line = String(decoding: Array(found.joined(separator: [0x20])), as: UTF8.self)
            func add(_ text: String) { findings.append(finding("argv", "\(text): \(line)", must: wanted.isMust)) }
            if seen.shellCall == nil, !role.isServer { add("the remote shell was not called") }
            if let equals = wanted.equals?.map({ names.expand($0) }), equals != found {
                add("the server's arguments are not \(equals.map { EscapedText.text($0) }.joined(separator: " "))")
            }
            for word in wanted.has.map({ names.expand($0) }) where !found.contains(word) { add("\(EscapedText.text(word)) is missing") }
            for word in wanted.lacks.map({ names.expand($0) }) where found.contains(word) { add("\(EscapedText.text(word)) is there") }
            if let pattern = wanted.matches, !Patterns.fits(try Patterns.compile(names.expand(pattern)), line) { add("does not fit /\(pattern)/") }
        }
        if let host = expect.host, seen.shellCall?.host != host {
            let shown = { (words: [[UInt8]]) in words.map { EscapedText.text($0) }.joined(separator: " ") }
            findings.append(finding("host", "host \(seen.shellCall.map { shown($0.host) } ?? "none"), expected \(shown(host))"))
        }
        return findings
    }

    private func compare(_ wanted: Expectation.Text, _ found: [UInt8], _ field: String) throws -> [Finding] {
        var findings: [Finding] = []
        func add(_ text: String, _ expected: [UInt8]) {
            findings.append(finding(field, text, expected: expected, found: Array(found.prefix(400)), must: wanted.isMust))
        }
        let quoted = { (bytes: [UInt8]) in "\"\(EscapedText.text(bytes))\"" }
        if let whole = wanted.equals.map({ names.expand($0) }), whole != found { add("\(field) is \(quoted(Array(found.prefix(400)))), expected \(quoted(whole))", whole) }
        for part in wanted.contains.map({ names.expand($0) }) where !contains(found, part) {
            add("\(field) does not contain \(quoted(part)): \(quoted(Array(found.prefix(400))))", part)
        }
        for part in wanted.lacks.map({ names.expand($0) }) where contains(found, part) { add("\(field) contains \(quoted(part))", part) }
        if let pattern = wanted.matches, !Patterns.fits(try Patterns.compile(names.expand(pattern)), String(decoding: found, as: UTF8.self)) {
            add("\(field) does not fit /\(pattern)/: \(quoted(Array(found.prefix(400))))", [])
        }
        return findings
    }

    private func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        part.isEmpty || whole.indices.contains { whole[$0...].starts(with: part) }
    }

    // MARK: For the eye

    private func excerpt(_ findings: [Finding], _ view: WireView) -> String {
        var lines: [String] = []
        if let offset = findings.lazy.compactMap(\.offset).first { lines.append(view.excerpt(at: offset)) }
        func say(_ who: String, _ bytes: [UInt8]) {
            let text = bytes.split(separator: 0x0a).prefix(6).map { "  \(EscapedText.text([UInt8]($0)))" }
            if !text.isEmpty { lines.append("\(who) said:\n\(text.joined(separator: "\n"))") }
        }
        say("the target", seen.targetErrors + view.messages)
        say("the peer", seen.peerErrors)
        return lines.joined(separator: "\n")
    }
}
