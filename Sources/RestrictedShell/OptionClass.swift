import RsyncOptions

/// What a restricted server thinks of one option of rsync (RSH-223).
struct OptionClass: Sendable {
    enum Verdict: Sendable, Equatable {
        case allowed
        /// `--server` and `--sender`: say who we are, so they have their places (RSH-7, RSH-8).
        case role
        /// Only where the root is `/`, or where the administrator says so with `--allow` (RSH-227).
        case byPermission
        /// Never.
        case refused
    }

    /// What of the restrictions an option falls under.
    struct Deeds: OptionSet, Sendable {
        let rawValue: Int
        /// Removes at a receiver: nothing for `-no-del`.
        static let removesAtReceiver = Deeds(rawValue: 1)
        /// Removes at a sender: nothing for `-no-del` and `-ro`.
        static let removesAtSender = Deeds(rawValue: 2)
        /// Replaces or moves what exists although existing files are to be left alone: nothing for `-no-overwrite`.
        static let replaces = Deeds(rawValue: 4)
    }

    enum Value: Sendable, Equatable {
        /// Says nothing about places; or there is none.
        case plain
        /// A directory: relative to the destination, or absolute and then beneath the root.
        case directory
        /// A directory relative to each file's own, so that `..` could mean anything.
        case localDirectory
        /// The end of a file name.
        case nameEnd
        /// A list to be read: `-`, the protocol; else a file beneath the root.
        case listFile
        /// What `-e` carries to servers: a dot and letters, perhaps a version before it (RSH-12).
        case capabilities
        /// Charsets that names may be in: the C library loads code by what this says.
        case charsets
    }

    let verdict: Verdict
    var deeds: Deeds = []
    var value = Value.plain
    /// `--no-NAME` may be said too. Where it could undo what the administrator wants, it may not.
    var isNegatable = false

    static let allowed = OptionClass(verdict: .allowed, isNegatable: true)
    static let role = OptionClass(verdict: .role)
    static let byPermission = OptionClass(verdict: .byPermission)
    static let refused = OptionClass(verdict: .refused)

    static func allowed(_ deeds: Deeds, _ value: Value = .plain) -> OptionClass {
        OptionClass(verdict: .allowed, deeds: deeds, value: value)
    }
}

extension OptionClass {
    /// What the table below is keyed by: an option's first long name, or its letter.
    static func key(_ option: Option) -> String { option.names.first ?? option.letter.map { String($0) } ?? "" }

    /// nil: an option that nobody has thought about, which is refused (and fails a test).
    static func of(_ option: Option) -> OptionClass? { table[key(option)] }

    /// Every option of `OptionTable`, and no other. What clients never send and what reaches beyond the root is refused.
    static let table: [String: OptionClass] = {
        var table: [String: OptionClass] = [:]
        func add(_ names: String, _ kind: OptionClass) {
            for name in names.split(separator: " ") {
                assert(table[String(name)] == nil, "\(name) has two classes")
                table[String(name)] = kind
            }
        }
        add("server sender", .role)
        add("rsh", .allowed([], .capabilities))

        // Selection.
        add(
            """
            archive recursive inc-recursive dirs old-dirs relative no-implied-dirs one-file-system links safe-links \
            hard-links devices specials D update existing ignore-times size-only checksum modify-window max-size \
            min-size prune-empty-dirs cvs-exclude from0 ignore-missing-args list-only dry-run implied-dirs
            """, .allowed)
        // Without a negation: what the administrator turned on stays on.
        add("munge-links drop-D ignore-existing", .allowed([]))
        add("files-from", .allowed([], .listFile))
        add("delete-missing-args", .allowed(.removesAtReceiver))
        add("copy-links copy-unsafe-links copy-dirlinks keep-dirlinks", .byPermission)
        add("insecure-links confine-root copy-devices write-devices", .refused)
        // Rules travel through the protocol; only people name them.
        add("filter F exclude include exclude-from include-from", .refused)

        // Updating.
        add(
            """
            inplace append append-verify whole-file block-size sparse preallocate partial fsync fuzzy max-delete \
            ignore-errors force mkpath
            """, .allowed)
        add("suffix", .allowed([], .nameEnd))
        add("backup delay-updates", .allowed(.replaces))
        add("backup-dir", .allowed(.replaces, .directory))
        add("partial-dir", .allowed(.replaces, .localDirectory))
        add("temp-dir compare-dest copy-dest link-dest", .allowed([], .directory))
        add("delete delete-before delete-during delete-delay delete-after delete-excluded", .allowed(.removesAtReceiver))
        add("remove-source-files remove-sent-files", .allowed([.removesAtSender, .removesAtReceiver]))
        add("P", .refused)

        // Attributes.
        add(
            """
            perms executability acls xattrs owner group usermap groupmap numeric-ids times atimes open-noatime crtimes \
            omit-dir-times omit-link-times super fake-super
            """, .allowed)
        add("chmod chown copy-as", .refused)

        // The connection.
        add(
            """
            compress compress-choice old-compress new-compress compress-level compress-threads skip-compress \
            checksum-choice checksum-seed bwlimit timeout secluded-args max-alloc only-write-batch qsort
            """, .allowed)
        add("iconv", OptionClass(verdict: .allowed, value: .charsets, isNegatable: true))
        add(
            """
            contimeout stop-after stop-at rsync-path remote-option blocking-io protocol old-args trust-sender ipv4 ipv6 \
            address port sockopts password-file early-input write-batch read-batch
            """, .refused)

        // Output. A file that the client names is never written as a log (RSH-225).
        add("verbose quiet info stderr msgs2stderr out-format stats itemize-changes", .allowed)
        add(
            "debug json log-file log-file-format progress human-readable 8-bit-output outbuf motd help version", .refused)

        add("daemon config dparam detach no-detach", .refused)
        return table
    }()
}
