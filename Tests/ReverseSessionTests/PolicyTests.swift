import Testing

@testable import ReverseSession

private func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }
private func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { bytes(String($0)) } }

@Suite struct AgentPolicyTests {
    let policy: AgentPolicy

    init() throws { policy = AgentPolicy(request: try BackupRequest(roots: [bytes("/home"), bytes("/etc")])) }

    @Test(arguments: [
        "rsync --server --sender -lHogDtprRe.iLsfxCIvu . /home /etc",
        "rsync --server --sender -logDtprR . /home /etc",
        "rsync --server --sender -vvnlWHogDtpAXrcIRxSze.LsfxCIvu -B700 --timeout=60 --bwlimit=100 --numeric-ids"
            + " --checksum-choice=xxh3,md5 . /home /etc",
        "rsync --server --sender . /home /etc",
        "rsync --server --sender -e.iLs . /home /etc",
    ])
    func permits(_ line: String) throws {
        let invocation = try policy.check(words(line))
        #expect(invocation.arguments == Array(words(line).dropFirst()))
    }

    @Test(arguments: [
        "", "rsync", "rsync --server", "rsync --server --sender", "sh -c reboot", "rsync --sender --server . /home /etc",
        "rsync --server -logDtprR . /home /etc", "/usr/bin/rsync --server --sender . /home /etc",
        "rsync --server --sender --rsh=sh . /home /etc", "rsync --server --sender -e sh . /home /etc",
        "rsync --server --sender -esh . /home /etc", "rsync --server --sender -re . /home /etc",
        "rsync --server --sender -re.i;x . /home /etc", "rsync --server --sender -M--log-file=/x . /home /etc",
        "rsync --server --sender --remote-option=--log-file=/x . /home /etc",
        "rsync --server --sender --log-file=/etc/passwd . /home /etc",
        "rsync --server --sender --remove-source-files -r . /home /etc",
        "rsync --server --sender --remove-sent-files -r . /home /etc",
        "rsync --server --sender -sr . /home /etc", "rsync --server --sender --files-from=/x . /home /etc",
        "rsync --server --sender --files-from - . /home /etc", "rsync --server --sender -Lr . /home /etc",
        "rsync --server --sender -kr . /home /etc", "rsync --server --sender --copy-unsafe-links . /home /etc",
        "rsync --server --sender --copy-devices . /home /etc", "rsync --server --sender --daemon . /home /etc",
        "rsync --server --sender --config=/x . /home /etc", "rsync --server --sender --iconv=a . /home /etc",
        "rsync --server --sender -- . /home /etc", "rsync --server --sender - . /home /etc",
        "rsync --server --sender --timeout= . /home /etc", "rsync --server --sender --timeout=1s . /home /etc",
        "rsync --server --sender --timeout=12345678901 . /home /etc", "rsync --server --sender --timeout 5 . /home /etc",
        "rsync --server --sender -B . /home /etc", "rsync --server --sender -B1234567 . /home /etc",
        "rsync --server --sender --numeric-ids=1 . /home /etc",
        "rsync --server --sender --checksum-choice=../x . /home /etc", "rsync --server --sender -r /home /etc",
        "rsync --server --sender -r . . /home /etc", "rsync --server --sender -r . /home /etc /root",
        "rsync --server --sender -r . /home", "rsync --server --sender -r .", "rsync --server --sender -r . /etc /home",
        "rsync --server --sender -r . /home /home", "rsync --server --sender -r . /home/../root /etc",
        "rsync --server --sender -r . /home/ /etc", "rsync --server --sender -r . /home --rsh=x",
        "rsync --server --sender -r ./ /home /etc", "rsync --server --sender /home . /home /etc",
    ])
    func refuses(_ line: String) {
        #expect(throws: AgentRefusal.self) { try policy.check(words(line)) }
    }

    @Test func namesWhatItRefuses() {
        #expect(throws: AgentRefusal("option \"--rsh=\\#033\"", clause: "REV-22")) {
            try policy.check(words("rsync --server --sender --rsh=\u{1b} . /home /etc"))
        }
    }

    @Test func insistsOnTheDryRunItAskedFor() throws {
        let dry = AgentPolicy(request: try BackupRequest(roots: [bytes("/home")], wishes: [.dryRun]))
        #expect(throws: AgentRefusal.self) { try dry.check(words("rsync --server --sender -r . /home")) }
        #expect(throws: AgentRefusal.self) { try dry.check(words("rsync --server --sender --numeric-ids -re.n . /home")) }
        _ = try dry.check(words("rsync --server --sender -nr . /home"))
    }

    @Test func refusesThousandsOfWords() {
        let many = words("rsync --server --sender") + Array(repeating: bytes("-r"), count: 5000) + words(". /home /etc")
        #expect(throws: AgentRefusal.self) { try policy.check(many) }
    }
}

@Suite struct GatePolicyTests {
    private func line(_ grant: GatePolicy.Grant) -> String {
        grant.argv.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    @Test func writesTheVectorAsStockRsyncDoes() throws {
        let grant = try GatePolicy().decide(command: bytes("backup root=/home root=/etc want=hard-links"))
        #expect(line(grant) == "rsync --server --sender -lHogDtprRe.iLsfxCIvu . /home /etc")
    }

    @Test func grantsEveryWish() throws {
        let request = try BackupRequest(roots: [bytes("/")], wishes: Set(BackupRequest.Wish.allCases), timeout: 60)
        let grant = try GatePolicy(capabilities: nil).decide(request)
        #expect(line(grant) == "rsync --server --sender -nlWHogDtprcIRx --timeout=60 --numeric-ids . /")
    }

    @Test func whatItGrantsTheAgentAccepts() throws {
        for wish in BackupRequest.Wish.allCases {
            let request = try BackupRequest(roots: [bytes("/a b"), [0x2f, 0xff]], wishes: [wish], timeout: 5)
            let argv = try GatePolicy().decide(BackupRequest(parsing: request.encoded)).argv
            _ = try AgentPolicy(request: request).check(argv)
        }
    }

    @Test func clampsTheTimeout() throws {
        let policy = GatePolicy(timeout: 300)
        #expect(try policy.decide(command: bytes("backup root=/")).timeout == 300)
        #expect(try policy.decide(command: bytes("backup root=/ timeout=0")).timeout == 300)
        #expect(try policy.decide(command: bytes("backup root=/ timeout=60")).timeout == 60)
        #expect(try policy.decide(command: bytes("backup root=/ timeout=900")).timeout == 300)
    }

    @Test func keepsToItsRootsAndWishes() throws {
        let policy = GatePolicy(permittedRoots: [bytes("/home")], permittedWishes: [])
        _ = try policy.decide(command: bytes("backup root=/home root=/home/ann"))
        for command in ["backup root=/", "backup root=/homes", "backup root=/home root=/etc", "backup root=/home want=checksum"] {
            #expect {
                try policy.decide(command: bytes(command))
            } throws: {
                ($0 as? GateRefusal)?.code == .notAllowed
            }
        }
    }

    @Test func answersNonsenseWithBadRequest() {
        #expect {
            try GatePolicy().decide(command: bytes("rm -rf /"))
        } throws: {
            ($0 as? GateRefusal)?.code == .badRequest
        }
    }
}
