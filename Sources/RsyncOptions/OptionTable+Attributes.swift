extension OptionTable {
    /// What else is kept besides contents (ARG-78, 14.3).
    static let attributes: [Option] = [
        .flag("perms p", no: "perms p", .both, "keep permissions") { $0.permissions = $1 },
        .flag("executability E", .receiver, "keep only whether a file is executable") { arguments, _ in
            arguments.executability = true
        },
        .valued("chmod", "SPEC", .local, "change permissions on the way") { (arguments, value) throws(ArgumentError) in
            arguments.modeChanges.append(value.bytes)
        },
        .flag("acls A", no: "acls A", .both, "keep access control lists, and so permissions") {
            $0.accessLists = $1
            if $1 { $0.permissions = true }
        },
        .flag("xattrs X", no: "xattrs X", .both, "keep extended attributes; twice: rsync's own too") {
            $0.xattrs = $1 ? $0.xattrs + 1 : 0
        },
        .flag("owner o", no: "owner o", .both, "keep the owner") { $0.owner = $1 },
        .flag("group g", no: "group g", .both, "keep the group") { $0.group = $1 },
        .valued("usermap", "MAP", .receiver, "map users by name or id") { (arguments, value) throws(ArgumentError) in
            try OwnershipOptions.map(&arguments.userMap, value.bytes, "usermap")
            arguments.owner = true
        },
        .valued("groupmap", "MAP", .receiver, "map groups by name or id") { (arguments, value) throws(ArgumentError) in
            try OwnershipOptions.map(&arguments.groupMap, value.bytes, "groupmap")
            arguments.group = true
        },
        .valued("chown", "USER:GROUP", .receiver, "give everything one owner and group") {
            (arguments, value) throws(ArgumentError) in
            try OwnershipOptions.chown(&arguments, value.bytes)
        },
        .flag("numeric-ids", no: "numeric-ids", .both, "keep user and group ids, whatever their names") {
            $0.numericIds = $1
        },
        .flag("times t", no: "times t", .both, "keep modification times") { $0.times = $1 },
        .flag("atimes U", no: "atimes U", .both, "keep access times; twice: and do not change them by reading") {
            $0.accessTimes = $1 ? $0.accessTimes + 1 : 0
            if $0.accessTimes > 1 { $0.openNoAtime = true }
        },
        .flag("open-noatime", no: "open-noatime", .both, "read without changing access times") { $0.openNoAtime = $1 },
        .refused(
            "crtimes N", no: "crtimes N", .both, "keep creation times",
            because: "creation times cannot be set on this system"),
        .flag("omit-dir-times O", no: "omit-dir-times O", .receiver, "-t leaves directories alone") {
            $0.omitDirectoryTimes = $1
        },
        .flag("omit-link-times J", no: "omit-link-times J", .receiver, "-t leaves symlinks alone") {
            $0.omitLinkTimes = $1
        },
        .flag("super", no: "super", .receiver, "attempt what only root may do") {
            // The last of --super, --no-super and --fake-super decides.
            $0.superUser = $1
            $0.fakeSuper = false
        },
        .flag("fake-super", .local, "keep what only root may set in extended attributes") { arguments, _ in
            arguments.fakeSuper = true
        },
        .valued("copy-as", "USER[:GROUP]", .local, "touch files as another user") {
            (arguments, value) throws(ArgumentError) in
            arguments.copyAs = value.bytes
        },
    ]
}
