import RsyncEngine
import RsyncFilter
import RsyncOptions

/// How files are written and what they are compared with.
extension TransferOptions {
    mutating func addWriting(_ arguments: ParsedArguments) {
        keepPartial = arguments.partial
        partialDirectory = arguments.partialDirectory
        delaysUpdates = arguments.delayUpdates
        inPlace = arguments.inPlace
        append = arguments.append == 0 ? .off : arguments.append == 1 ? .plain : .verifying
        // Nothing but the missing end is sent, however near the files are.
        if append != .off { wholeFile = false }
        sparse = arguments.sparse
        preallocate = arguments.preallocate
        writesDevices = arguments.writeDevices
        synchronizes = arguments.synchronizes
        if arguments.backup {
            backupSuffix = arguments.suffix
            // New names come into the directories all the time (MET-28).
            if arguments.backupDirectory == nil { omitDirectoryTimes = true }
        }
        switch arguments.alternateKind {
        case .compare: alternateKind = .compare
        case .copy: alternateKind = .copy
        case .link, nil: alternateKind = .link
        }
        alternateCount = arguments.alternateDirectories.count
        fuzzy = arguments.fuzzy
    }

    /// Rules that other options bring along, behind all others (FLT-18).
    mutating func addImpliedRules(_ arguments: ParsedArguments) {
        if arguments.backup, arguments.backupDirectory == nil, deletion != nil, !deleteExcluded {
            filters.addBackupProtection(suffix: arguments.suffix)
        }
        if let directory = partialDirectory, directory.first != UInt8(ascii: "/") {
            filters.addPartialDirectoryRule(directory)
        }
    }
}
