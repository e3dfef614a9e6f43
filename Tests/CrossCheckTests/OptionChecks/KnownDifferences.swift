/// A difference from stock rsync that is meant. One that no longer shows fails the check.
struct KnownDifference: Sendable {
    let slug: String
    var roles: Set<OptionRole> = Set(OptionRole.allCases)
    var protocols: Set<Int32> = [27, 28, 29, 30, 31, 32]
    let reason: String

    func holds(_ cell: OptionCell) -> Bool {
        slug == cell.subject.slug && roles.contains(cell.role) && protocols.contains(cell.number)
    }

    static let all: [KnownDifference] = [
        "backup/and-deleted", "backup/and-deleted-excluded", "backup/file-for-a-directory", "backup-dir/relative",
        "backup-dir/other-file-system", "suffix/names-the-backup", "delay-updates/with-links-backups-and-deletion",
        "delete-delay/at-the-end", "delete-missing-args/deletes-at-the-destination", "delete-missing-args/names-of-a-file",
        "force/makes-way", "max-delete/dry-run", "max-delete/stops",
    ].map {
        KnownDifference(
            slug: $0, roles: [.stockPushes], protocols: [27], reason: "a stock server does not name what it deletes below 29")
    } + [
        KnownDifference(
            slug: "insecure-links/refused-link-dest", roles: [.local, .wePull, .stockPushes], protocols: [27],
            reason: "below 29 a stock receiver asks for each file once more in the directory it has refused, and ends with 23"),
        KnownDifference(
            slug: "cvs-exclude/leaves-out", roles: [.local], protocols: [27],
            reason: "below 29 a stock receiver of a local run refuses the rules of -C that its own client sends it"),
        KnownDifference(
            slug: "checksum/nothing-can-be-read", roles: [.local, .wePull, .stockPushes],
            reason: "stock takes two files that it cannot read for equal, whatever is in them, and ends with 0; ours says that one could not be read and ends with 23"),
        KnownDifference(
            slug: "delay-updates/no-place-for-them", roles: [.local, .wePull, .stockPushes],
            reason: "stock ends with 0 though it says that it has thrown files away; ours with 23"),
        KnownDifference(
            slug: "exclude-from/a-directory",
            reason: "stock reads a directory as an empty list of rules; ours says that it is one and ends with 11"),
    ]
}
