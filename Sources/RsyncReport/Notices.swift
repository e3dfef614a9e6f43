import RsyncProtocol

/// Single lines that a run prints, without their newline (MET-168, SES-160).
public enum Notices {
    /// How a side ends that does not end well; nil for success. `role` such as `sender`, `version` of this program.
    ///
    /// `rsync error: MEANING (code N) at ebb [ROLE=VERSION]`; a warning for vanished files.
    public static func exitLine(code: Int32, role: String, version: String) -> String? {
        guard code != 0 else { return nil }
        let meaning = ExitCode(rawValue: code).meaning ?? "unexplained error"
        let kind = code == ExitCode.vanished.rawValue ? "warning" : "error"
        return "rsync \(kind): \(meaning) (code \(code)) at ebb [\(role)=\(version)]"
    }

    /// What stands at the start of a run with a file list, and what ends it; nil where nothing is printed.
    ///
    /// Without incremental recursion the end follows on the same line, hence no newline belongs between them.
    public static func listStart(isSender: Bool, isIncremental: Bool) -> String {
        let verb = isSender ? isIncremental ? "sending" : "building" : "receiving"
        return isIncremental ? "\(verb) incremental file list" : "\(verb) file list ... "
    }

    public static func listEnd(isIncremental: Bool, countsFiles: Bool, count: Int) -> String? {
        if isIncremental { return nil }
        guard countsFiles else { return "done" }
        return count == 1 ? "1 file to consider" : "\(count) files to consider"
    }
}
