import Glibc

/// Where the archives of a trace's trees lie.
public enum ReplayFiles {
    /// The directory of the archives that a trace file names: `trees` beside it or above it, unless told otherwise. Need
    /// not exist.
    public static func directory(for trace: String, in directory: String? = nil) -> String {
        let path = tree("", for: trace, in: directory)
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// `trees/` beside the trace file or in a directory above it, unless `directory` says otherwise.
    public static func tree(_ name: String, for trace: String, in directory: String? = nil) -> String {
        if let directory { return "\(directory)/\(name)" }
        var folder = trace.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        while true {
            let path = (folder + ["trees"]).joined(separator: "/") + "/\(name)"
            let isThere = unsafe access(path, R_OK) == 0
            if folder.isEmpty || isThere { return path }
            folder.removeLast()
        }
    }
}
