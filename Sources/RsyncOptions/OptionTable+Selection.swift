extension OptionTable {
    /// What is transferred (ARG-78, 14.1).
    static let selection: [Option] = [
        .flag("archive a", .both, "keep nearly everything: same as -rlptgoD") { arguments, _ in
            if !arguments.recurses { arguments.recursion = .archive }
            arguments.links = true
            arguments.permissions = true
            arguments.times = true
            arguments.group = true
            arguments.owner = true
            arguments.devices = true
            arguments.specials = true
        },
        .flag("recursive r", no: "recursive r", .both, "go down into directories") {
            $0.recursion = $1 ? .explicit : .off
        },
        .flag(
            "inc-recursive i-r", no: "inc-recursive i-r", .both, "allow the file list to be sent piece by piece (default)"
        ) { $0.incrementalRecursion = $1 },
        .flag("dirs d", no: "dirs d", .both, "transfer directories without going down into them") {
            $0.directoriesOption = $1
            $0.oldDirectories = false
        },
        .flag("old-dirs old-d", .both, "as --dirs, for very old servers") { arguments, _ in
            arguments.directoriesOption = true
            arguments.oldDirectories = true
        },
        .flag("relative R", no: "relative R", .both, "keep the leading directories of source arguments") {
            $0.relativeOption = $1
        },
        .flag("implied-dirs i-d", .local, "with -R, also transfer the attributes of leading directories (default)") { arguments, _ in
            arguments.impliedDirectories = true
        },
        .flag("no-implied-dirs no-i-d", .both, "with -R, leave the attributes of leading directories alone") { arguments, _ in
            arguments.impliedDirectories = false
        },
        .flag("one-file-system x", no: "one-file-system x", .both, "stay within one file system") {
            $0.oneFileSystem = $1 ? $0.oneFileSystem + 1 : 0
        },
        .flag("links l", no: "links l", .both, "copy symlinks as symlinks") { $0.links = $1 },
        .flag("copy-links L", .sender, "send what a symlink leads to") { arguments, _ in arguments.copyLinks = true },
        .flag("copy-unsafe-links", .both, "send what a symlink leads to if that lies outside the tree") { arguments, _ in
            arguments.copyUnsafeLinks = true
        },
        .flag("safe-links", .both, "leave out symlinks that lead outside the tree") { arguments, _ in arguments.safeLinks = true },
        .flag("munge-links", no: "munge-links", .local, "store symlinks in a form that leads nowhere") { $0.mungesLinks = $1 },
        .flag("insecure-links", no: "insecure-links", .local, "follow foreign symlinks in paths given by the operator") {
            $0.insecureLinks = $1
        },
        .valued("confine-root", "DIR", .local, "refuse side paths and listed names that lead outside DIR") {
            (arguments, value) throws(ArgumentError) in
            guard value.bytes.first == UInt8(ascii: "/") else {
                throw .refused("--confine-root must be an absolute path")
            }
            arguments.confineRoot = value.bytes
        },
        .flag("copy-dirlinks k", .sender, "take a symlink to a directory for the directory") { arguments, _ in
            arguments.copyDirectoryLinks = true
        },
        .flag("keep-dirlinks K", .receiver, "accept a symlink to a directory where a directory is to be") { arguments, _ in
            arguments.keepDirectoryLinks = true
        },
        .flag("hard-links H", no: "hard-links H", .both, "keep hard links between transferred files") {
            $0.hardLinks = $1 ? $0.hardLinks + 1 : 0
        },
        .flag("devices", no: "devices", .both, "copy device nodes") { $0.devices = $1 },
        .flag("specials", no: "specials", .both, "copy sockets and fifos") { $0.specials = $1 },
        .flag("D", no: "D", .both, "same as --devices --specials") {
            $0.devices = $1
            $0.specials = $1
        },
        .flag("drop-D", no: "drop-D", .local, "never make devices and specials here") { $0.dropsNodes = $1 },
        .flag("copy-devices", .sender, "send what is on a device as if it were a file") { arguments, _ in
            arguments.copyDevices = true
        },
        .flag("write-devices", no: "write-devices", .receiver, "write into existing devices") { $0.writeDevices = $1 },
        .flag("update u", .both, "skip files that are newer at the destination") { arguments, _ in
            arguments.update = true
        },
        .flag("existing ignore-non-existing", .receiver, "make nothing new at the destination") { arguments, _ in
            arguments.existing = true
        },
        .flag("ignore-existing", .receiver, "leave alone what exists at the destination") { arguments, _ in
            arguments.ignoreExisting = true
        },
        .flag("ignore-times I", .both, "do not skip files that agree in size and time") { arguments, _ in
            arguments.ignoreTimes = true
        },
        .flag("size-only", .receiver, "skip files that agree in size") { arguments, _ in arguments.sizeOnly = true },
        .flag("checksum c", no: "checksum c", .both, "compare files by checksum, not by size and time") {
            $0.checksum = $1
        },
        .valued("modify-window @", "NUM", .receiver, "take times within NUM seconds for equal") {
            (arguments, value) throws(ArgumentError) in
            arguments.modifyWindow = try value.integer()
        },
        .valued("max-size", "SIZE", .receiver, "leave out files larger than SIZE") {
            (arguments, value) throws(ArgumentError) in
            arguments.largestSize = try fileSize(value)
        },
        .valued("min-size", "SIZE", .receiver, "leave out files smaller than SIZE") {
            (arguments, value) throws(ArgumentError) in
            arguments.smallestSize = try fileSize(value)
        },
        .flag("prune-empty-dirs m", no: "prune-empty-dirs m", .receiver, "leave out directories without files") {
            $0.prunesEmptyDirectories = $1
        },
        .valued("filter f", "RULE", .local, "add a filter rule") { (arguments, value) throws(ArgumentError) in
            arguments.filters.append(.rule(value.bytes))
        },
        .flag("F", .local, "use the rules in .rsync-filter files; twice: and leave these files out") { arguments, _ in
            arguments.filterFileLevel += 1
            let rules = [": /.rsync-filter", "- .rsync-filter"]
            guard arguments.filterFileLevel <= rules.count else { return }
            arguments.filters.append(.rule(Array(rules[arguments.filterFileLevel - 1].utf8)))
        },
        .valued("exclude", "PATTERN", .local, "leave out what matches PATTERN") { (arguments, value) throws(ArgumentError) in
            arguments.filters.append(.exclude(value.bytes))
        },
        .valued("include", "PATTERN", .local, "do not leave out what matches PATTERN") {
            (arguments, value) throws(ArgumentError) in
            arguments.filters.append(.include(value.bytes))
        },
        .valued("exclude-from", "FILE", .local, "read exclude patterns from FILE") {
            (arguments, value) throws(ArgumentError) in
            arguments.filters.append(.excludeFrom(value.bytes))
        },
        .valued("include-from", "FILE", .local, "read include patterns from FILE") {
            (arguments, value) throws(ArgumentError) in
            arguments.filters.append(.includeFrom(value.bytes))
        },
        .flag("cvs-exclude C", .both, "leave out what CVS leaves out") { arguments, _ in arguments.cvsExclude = true },
        .valued("files-from", "FILE", .both, "read the names to transfer from FILE") {
            (arguments, value) throws(ArgumentError) in
            arguments.filesFrom = try FilesFrom(value.bytes, onServer: arguments.isServer)
        },
        .flag("from0 0", no: "from0", .both, "lists in files are separated by NUL") {
            $0.nulTerminated = $1
            $0.filters.append(.nulTerminated($1))
        },
        .flag("ignore-missing-args", .sender, "source arguments may be missing") { arguments, _ in
            arguments.ignoresMissing = true
        },
        .flag("delete-missing-args", .both, "delete at the destination what is missing at the source") { arguments, _ in
            arguments.deletesMissing = true
        },
        .flag("list-only", .both, "list files instead of copying them") { arguments, _ in
            arguments.listOnlyOption = true
            arguments.lists = true
        },
    ]

    private static func fileSize(_ value: OptionValue) throws(ArgumentError) -> Int64 {
        try SizeArgument.parse(value.bytes, of: value.option.displayName)
    }
}
