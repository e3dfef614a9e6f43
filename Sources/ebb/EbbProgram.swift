import RsyncCommand
import RsyncHost

/// The subcommands of `ebb`; started as `rsync` it is that alone.
enum EbbProgram {
    static func run(_ arguments: [[UInt8]]) -> Int32 {
        #if KNOBS
            KnobChoice.adopt()
        #endif
        let name = arguments.first?.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) }
        let words = Array(arguments.dropFirst())
        if name == "rsync" { return RsyncProgram.run(words) }
        guard let first = words.first else {
            write(usage, to: 2)
            return 1
        }
        let rest = Array(words.dropFirst())
        let command = String(decoding: first, as: UTF8.self)
        do throws(CommandWords.Misuse) {
            switch command {
            case "rsync": return RsyncProgram.run(rest)
            case "gate": return try GateCommand(rest).run()
            case "backup": return try BackupCommand(rest).run()
            case "restrict": return try RestrictCommand(rest).run()
            case "snapshots": return try SnapshotsCommand(rest).run()
            case "enrol": return try EnrolCommand(rest).run()
            case "manual" where rest == [Array("rsync".utf8)]:
                write(RsyncProgram.manual, to: 1)
                return 0
            case "--version", "-V", "version":
                write("ebb \(RsyncProgram.version)\n", to: 1)
                return 0
            case "--help", "-h", "help":
                write(usage, to: 1)
                return 0
            default: throw CommandWords.Misuse(text: "unknown command: \(command)")
            }
        } catch {
            // A client sees it, too, whose scripts look for that name (RSH-256).
            if command == "restrict" {
                System.complain("\(error.text) (ebb restrict --help tells more)", by: "rrsync: refused")
            } else {
                System.complain("\(error.text)\n\n\(usage)")
            }
            return 1
        }
    }

    private static let usage = """
        usage: ebb COMMAND [ARGUMENT…]

          ebb rsync …      copy files like rsync, as client and as server
          ebb manual rsync the manual page of that, for man -l -

        On the machine whose data is backed up:
          ebb backup [USER@]HOST ROOT… [--exclude PATTERN]… [--include PATTERN]… [-c] [-n] [-I] [-W] [-x]
                     [--timeout SECONDS] [--ssh COMMAND] [--rsync PROGRAM] [-v]

        On the backup server:
          ebb enrol --client NAME --vault DIR [--fake-super] [--to AUTHORIZED_KEYS] KEY.pub|-
          ebb gate --client NAME --vault DIR [--fake-super]      (the forced command of that key)
          ebb restrict [-ro|-wo] [-munge] [-absolute] [-no-del] [-no-overwrite] [-no-lock] [OPTION…] DIR
                     (the forced command of a key for any rsync; --help tells more)
          ebb snapshots --vault DIR [--client NAME]

        """

    static func write(_ text: String, to descriptor: Int32) { System.write(Array(text.utf8), to: descriptor) }
}
