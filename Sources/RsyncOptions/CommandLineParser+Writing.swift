// What follows from the options about how files are written (ARG-60, ARG-62).

extension ParsedArguments {
    mutating func concludeWriting() throws(ArgumentError) {
        try concludeBackups()
        if append > 0 {
            guard wholeFile != true else { throw .refused("--append cannot be used with --whole-file") }
        }
        if inPlace {
            guard partialDirectory == nil, !delayUpdates else {
                throw .refused(
                    "--\(append > 0 ? "append" : "inplace") cannot be used with --\(delayUpdates ? "delay-updates" : "partial-dir")")
            }
            partial = false
        } else {
            concludePartialDirectory()
        }
    }

    private mutating func concludeBackups() throws(ArgumentError) {
        // As words alone say it: what else leads back to the destination is not looked for.
        let slash = UInt8(ascii: "/")
        let isDestination = backupDirectory.map { directory in
            directory.first != slash && directory.split(separator: slash).allSatisfy { $0.elementsEqual(".".utf8) }
        }
        if backupDirectory != nil { backup = true }
        if isDestination == true {
            guard suffixOption?.isEmpty == false else {
                throw .refused("--suffix cannot be empty when --backup-dir is the same as the dest dir")
            }
            backupDirectory = nil
        }
        if let suffix = suffixOption, suffix.contains(UInt8(ascii: "/")) {
            throw .refused("--suffix cannot contain slashes: \(ArgumentError.text(of: suffix))")
        }
        guard !suffix.isEmpty || backupDirectory != nil || isServer && isSender else {
            throw .refused("--suffix cannot be empty without a --backup-dir")
        }
    }

    /// A server is not told of the directory that `--delay-updates` brings along. An option that names no directory
    /// still asks for partial files to be kept.
    private mutating func concludePartialDirectory() {
        if let directory = partialDirectory {
            partial = true
            let clean = Self.collapsed(directory)
            partialDirectory = clean.isEmpty || clean == [UInt8(ascii: ".")] ? nil : clean
        }
        if delayUpdates, partialDirectory == nil { partialDirectory = Self.delayedUpdatesDirectory }
        if partialDirectory != nil { partial = true }
    }

    static let delayedUpdatesDirectory = Array(".~tmp~".utf8)

    /// Without repeated and trailing slashes, `.` and, where something precedes it, `..`.
    private static func collapsed(_ path: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let isAbsolute = path.first == slash
        var kept: [ArraySlice<UInt8>] = []
        for component in path.split(separator: slash) where !component.elementsEqual(".".utf8) {
            if component.elementsEqual("..".utf8) {
                if let last = kept.last, !last.elementsEqual("..".utf8) {
                    kept.removeLast()
                    continue
                }
                if isAbsolute { continue }
            }
            kept.append(component)
        }
        return (isAbsolute ? [slash] : []) + kept.joined(separator: [slash])
    }
}
