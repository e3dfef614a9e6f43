extension OptionTable {
    /// What else is kept besides contents (ARG-78, 14.3).
    static let attributes: [Option] = [
        .flag("perms p", no: "perms p", .both, "keep permissions") { $0.permissions = $1 },
        .refused("executability E", .receiver, "keep only whether a file is executable"),
        .refused("chmod", value: "SPEC", .local, "change permissions on the way"),
        .refused("acls A", no: "acls A", .both, "keep access control lists"),
        .refused("xattrs X", no: "xattrs X", .both, "keep extended attributes"),
        .flag("owner o", no: "owner o", .both, "keep the owner") { $0.owner = $1 },
        .flag("group g", no: "group g", .both, "keep the group") { $0.group = $1 },
        .refused("usermap", value: "MAP", .receiver, "map users by name or id"),
        .refused("groupmap", value: "MAP", .receiver, "map groups by name or id"),
        .refused("chown", value: "USER:GROUP", .receiver, "give everything one owner and group"),
        .flag("numeric-ids", no: "numeric-ids", .both, "keep user and group ids, whatever their names") {
            $0.numericIds = $1
        },
        .flag("times t", no: "times t", .both, "keep modification times") { $0.times = $1 },
        .refused("atimes U", no: "atimes U", .both, "keep access times"),
        .refused("open-noatime", no: "open-noatime", .both, "read without changing access times"),
        .refused("crtimes N", no: "crtimes N", .both, "keep creation times"),
        .flag("omit-dir-times O", no: "omit-dir-times O", .receiver, "-t leaves directories alone") {
            $0.omitDirectoryTimes = $1
        },
        .flag("omit-link-times J", no: "omit-link-times J", .receiver, "-t leaves symlinks alone") {
            $0.omitLinkTimes = $1
        },
        .flag("super", no: "super", .receiver, "attempt what only root may do") {
            $0.superUser = $1
            if !$1 { $0.fakeSuper = false }
        },
        .flag("fake-super", .local, "keep what only root may set in extended attributes") { arguments, _ in
            arguments.fakeSuper = true
        },
        .refused("copy-as", value: "USER[:GROUP]", .local, "touch files as another user"),
    ]
}
