import RsyncProtocol

extension AttributeChange {
    /// What `--debug=own,time` says of a change to the item called `name`, in the words of rsync.
    func texts(
        _ name: [UInt8], from status: FileStatus, _ debug: DebugLevels, dryRun: Bool, localTime: (Int64) -> String
    ) -> [MessageText] {
        var texts: [MessageText] = []
        if debug.owners > 0 {
            if let uid { texts.append("set uid of \(name) from \(status.uid) to \(uid)") }
            if let gid { texts.append("set gid of \(name) from \(status.gid) to \(gid)") }
        }
        if debug.times > 0, setsTime, !dryRun {
            let times = [mtime?.seconds ?? status.mtime, atime?.seconds ?? status.atime].map { "(\($0)) \(localTime($0))" }
            texts.append("set modtime, atime of \(name) to \(times.joined(separator: ", "))")
        }
        return texts
    }
}

extension DebugLevels {
    /// Whether changes of attributes are told at all.
    var tellsAttributes: Bool { owners > 0 || times > 0 }
}
