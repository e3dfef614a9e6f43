import RsyncOptions
import RsyncProtocol

extension ParsedArguments {
    /// Takes over what a batch file was made with (XFR-140). Returns the lines that say what that changes.
    ///
    /// Throws for what only the command line can say (XFR-140 bit 9), and for lists that a run with these options could not
    /// have come by.
    mutating func adopt(_ header: BatchHeader) throws(ArgumentError) -> [String] {
        if header.compat.contains(.incrementalRecursion), !ServerArguments.asksForIncrementalRecursion(self, role: .receiver) {
            throw ArgumentError("Incompatible options specified for inc-recursive batch file.")
        }
        var lines: [String] = []
        let counted = BatchOptions(rawValue: SessionTraits(version: header.version).batchOptionBits)
        func differs(_ option: BatchOptions, _ isOn: Bool, _ name: String) -> Bool {
            let wanted = header.options.contains(option)
            guard counted.contains(option), wanted != isOn else { return false }
            lines.append("\(wanted ? "Setting" : "Clearing") the \(name) option to match the batchfile.")
            return true
        }
        func has(_ option: BatchOptions) -> Bool { header.options.contains(option) }
        // As stock has it: -r by itself is another value than the one of a batch file, and -a's is not.
        if differs(.recursive, recurses && !(has(.recursive) && recursion == .explicit), "--recurse (-r)") { recursion = has(.recursive) ? .explicit : .off }
        if differs(.owner, owner, "--owner (-o)") { owner = has(.owner) }
        if differs(.group, group, "--group (-g)") { group = has(.group) }
        if differs(.links, links, "--links (-l)") { links = has(.links) }
        if differs(.devices, devices, "--devices (-D)") { devices = has(.devices) }
        if differs(.hardLinks, hardLinks > 0, "--hard-links (-H)") { hardLinks = has(.hardLinks) ? 1 : 0 }
        if differs(.checksum, checksum, "--checksum (-c)") { checksum = has(.checksum) }
        if differs(.directories, transfersDirectories, "--dirs (-d)") { directoriesOption = has(.directories) }
        let compresses = compression.isRequested || compression.effectiveChoice != nil
        if differs(.compress, compresses, "--compress (-z)") {
            compression = CompressionArguments()
            compression.count = has(.compress) ? 1 : 0
        }
        if counted.contains(.iconv), has(.iconv) != (ownCharset != nil) {
            throw ArgumentError("\(has(.iconv) ? "Please specify" : "Please remove") the --iconv option to match the batchfile.")
        }
        if differs(.acls, accessLists, "--acls (-A)") { accessLists = has(.acls) }
        if differs(.xattrs, xattrs > 0, "--xattrs (-X)") { xattrs = has(.xattrs) ? 1 : 0 }
        if differs(.inPlace, inPlace, "--inplace") { inPlaceOption = has(.inPlace) }
        if differs(.append, append == 1, "--append") { append = has(.append) ? 1 : 0 }
        if differs(.appendVerify, append == 2, "--append-verify") { append = has(.appendVerify) ? 2 : 0 }
        return lines
    }
}
