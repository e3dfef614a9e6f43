import RestrictedShell
import RsyncCommand
import RsyncEngine
import RsyncHost
import RsyncOptions

/// `ebb restrict [OPTION…] DIR`: the forced command of a key that may copy into or out of one directory (08-restricted-shell.md).
/// It takes the place of rrsync: the same options mean the same.
struct RestrictCommand {
    struct Settings {
        var policy = RestrictedPolicy()
        var directory: [UInt8] = []
        var locks = true
        var lockWait: Int32 = 0
        var log: [UInt8]?
        var isAbsolute = false
        var allowsWritableHome = false
    }

    private let settings: Settings?

    init(_ words: [[UInt8]]) throws(CommandWords.Misuse) {
        if words.contains(where: { ["-h", "-help", "--help"].contains(String(decoding: $0, as: UTF8.self)) }) {
            settings = nil
            return
        }
        let flags: Set<String> = ["ro", "wo", "munge", "absolute", "no-del", "no-lock", "no-overwrite", "writable-home"]
        // Its long options have one dash or two.
        let words = try CommandWords(
            words.map { Self.dashed($0, flags) }, valued: ["log", "lock-wait", "timeout", "allow", "refuse"], flags: flags)
        guard words.rest.count == 1, !words.rest[0].isEmpty else { throw .init(text: "restrict needs one directory") }
        guard !(words.has("ro") && words.has("wo")) else { throw .init(text: "-ro and -wo exclude each other") }
        var settings = Settings()
        settings.directory = words.rest[0]
        settings.policy.mode = words.has("ro") ? .readOnly : words.has("wo") ? .writeOnly : .both
        settings.policy.munges = words.has("munge")
        settings.policy.forbidsDeletion = words.has("no-del")
        settings.policy.forbidsOverwriting = words.has("no-overwrite")
        settings.policy.longestTimeout = try Self.seconds(words, "timeout")
        settings.isAbsolute = words.has("absolute")
        settings.locks = !words.has("no-lock")
        settings.lockWait = try Self.seconds(words, "lock-wait")
        settings.log = words.value("log")
        settings.allowsWritableHome = words.has("writable-home")
        do throws(RestrictedPolicy.Misuse) {
            for option in words.options {
                let names = String(decoding: option.value ?? [], as: UTF8.self).split(separator: ",").map(String.init)
                if option.name == "allow" { for name in names { try settings.policy.permit(name) } }
                if option.name == "refuse" { for name in names { try settings.policy.withdraw(name) } }
            }
        } catch {
            throw .init(text: error.text)
        }
        self.settings = settings
    }

    private static func dashed(_ word: [UInt8], _ flags: Set<String>) -> [UInt8] {
        guard word.first == UInt8(ascii: "-"), flags.contains(String(decoding: word.dropFirst(), as: UTF8.self)) else { return word }
        return [UInt8(ascii: "-")] + word
    }

    private static func seconds(_ words: CommandWords, _ name: String) throws(CommandWords.Misuse) -> Int32 {
        guard let text = words.text(name) else { return 0 }
        guard let seconds = Int32(text), seconds >= 0 else { throw .init(text: "--\(name) needs a number of seconds") }
        return seconds
    }

    func run() -> Int32 {
        guard let settings else {
            System.write(Array(Self.help.utf8), to: 1)
            return 0
        }
        do throws(StreamSetupError) {
            let interruption = try Interruption()
            try Signals.install(interrupting: interruption)
            return RestrictRun(settings, interruption).run()
        } catch {
            System.complain("cannot begin: \(errorText(error.errno))")
            return 14
        }
    }

    private static let help = """
        usage: ebb restrict [OPTION…] DIR

        The forced command of an ssh key that may run rsync beneath DIR and do nothing else. In authorized_keys:

          restrict,command="/usr/bin/ebb restrict -ro /srv/data" ssh-ed25519 AAAA… somebody

        The client runs any rsync as usual; its paths, absolute ones too, start at DIR.

          -ro              clients may only fetch
          -wo              clients may only send
          -munge           store symlinks in a form that leads nowhere, and undo it when sending
          -absolute        paths may also be written with DIR in front
          -no-del          refuse --delete… and --remove-source-files
          -no-overwrite    leave existing files alone
          -no-lock         let several clients send at the same time; those that fetch never wait
          --lock-wait SECONDS  wait so long for another client to end
          --timeout SECONDS    end a session in which nothing moves for so long
          --allow OPTION,…     --copy-links, --copy-dirlinks, --copy-unsafe-links, --keep-dirlinks: refused otherwise
          --refuse OPTION,…    further options of rsync to refuse
          --log FILE           append what happened, one JSON object a line; not beneath a DIR that can be written
          --writable-home      allow clients to write where ssh looks for keys and login shells for start-up files
          -h, -help            this text

        """
}
