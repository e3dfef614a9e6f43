import RsyncWire

/// Every decision that depends on the protocol number and on the compatibility flags, as questions with a name.
///
/// Made once, when the handshake is over; it never changes afterwards. Negotiated algorithms are not in here: they
/// do not change the shape of anything.
public struct SessionTraits: Sendable, Equatable {
    public let version: ProtocolVersion
    public let compat: CompatFlags

    public init(version: ProtocolVersion, compat: CompatFlags = []) {
        self.version = version
        self.compat = version.number >= 30 ? compat : []
    }

    private var number: Int32 { version.number }

    /// An answer, which one knob turns round.
    @inline(__always)
    private func asked(_ knob: Knob, _ answer: Bool) -> Bool { answer != knob.isOn }

    // MARK: Session (SES)

    /// The server sends compatibility flags behind the version (SES-24 step 3).
    public var hasCompatFlags: Bool { asked(.traitHasCompatFlags, number >= 30) }
    /// Checksum and compression names are exchanged (SES-53).
    public var exchangesLists: Bool { asked(.traitExchangesLists, compat.contains(.varintFileListFlags)) }
    /// Both directions are multiplexed from the seed on; below, client to server only in one case (SES-76).
    public var clientStreamIsMultiplexed: Bool { asked(.traitClientStreamIsMultiplexed, number >= 30) }
    /// Counts, ids and lengths are varint / varlong instead of int32 / longint (SES-17).
    public var usesVarints: Bool { asked(.traitUsesVarints, number >= 30) }
    /// An index is delta-coded instead of int32 (FLS-131).
    public var usesDeltaIndexes: Bool { asked(.traitUsesDeltaIndexes, number >= 30) }
    /// ERROR and WARNING travel as themselves; below they are mapped to ERROR_XFER and INFO (SES-95).
    public var hasErrorAndWarningMessages: Bool { asked(.traitHasErrorAndWarningMessages, number >= 30) }
    /// Longest text, in bytes, that a peer of this age accepts in one frame (SES-86).
    public var longestText: Int { number <= 28 ? 1023 : 5119 }
    /// A failing side announces its exit code (SES-114).
    public var hasErrorExit: Bool { asked(.traitHasErrorExit, number >= 31) }
    /// Accumulated sender errors travel as message IO_ERROR (SES-101).
    public var hasIOErrorMessage: Bool { asked(.traitHasIOErrorMessage, number >= 30) }
    /// The IO_ERROR message is due after the first file list when its end marker could not carry the code (SES-101).
    public var reportsListErrorsByMessage: Bool { asked(.traitReportsListErrorsByMessage, number == 30) }
    /// A server of which nothing else was asked tells its errors through the protocol (SES-98).
    public var tellsErrorsByProtocol: Bool { asked(.traitTellsErrorsByProtocol, number <= 28) }
    /// A file that will not come is reported by NO_SEND; below, by nothing at all (SES-110).
    public var hasNoSend: Bool { asked(.traitHasNoSend, number >= 30) }
    /// A receiving server reports deletions as DELETED frames; below as text (SES-109).
    public var hasDeletedMessage: Bool { asked(.traitHasDeletedMessage, number >= 29) }
    /// Files-from names are ordinary framed data (SES-125).
    public var filesFromIsFramed: Bool { asked(.traitFilesFromIsFramed, number >= 31) }
    /// Deletion without a "when" happens during the transfer; below before it (SES-30).
    public var deletesDuringByDefault: Bool { asked(.traitDeletesDuringByDefault, number >= 30) }
    /// `--append` verifies the old part (SES-30).
    public var appendAlwaysVerifies: Bool { asked(.traitAppendAlwaysVerifies, number < 30) }

    // MARK: Phases and end (SES-129 to SES-146)

    /// Number of the last phase in which the sender stays in its loop: 1 or 2 (SES-132).
    public var lastLoopPhase: Int { number >= 29 ? 2 : 1 }
    /// A third NDX_DONE, for late deletion, follows the delayed updates (SES-129 phase 3).
    public var hasLateDeletionPhase: Bool { asked(.traitHasLateDeletionPhase, number >= 31) }
    /// Deletion counts may stand where an index may stand (SES-137).
    public var hasDeletionStatistics: Bool { asked(.traitHasDeletionStatistics, number >= 31) }
    /// The sender answers the first goodbye with one of its own and awaits another (SES-143).
    public var hasEchoedGoodbye: Bool { asked(.traitHasEchoedGoodbye, number >= 31) }
    /// Goodbye is a plain int32 below 29 and an index from there on (SES-143).
    public var goodbyeIsItem: Bool { number >= 29 }
    /// Statistics carry the two file-list times (SES-141).
    public var statisticsHaveListTimes: Bool { asked(.traitStatisticsHaveListTimes, number >= 29) }
    /// An index equal to the number of entries with iflags 0x2000 is a keep-alive (SES-152).
    public var hasIndexKeepAlive: Bool { asked(.traitHasIndexKeepAlive, number == 29) }

    // MARK: File list (FLS)

    /// How the flags of an entry are coded (FLS-27).
    public enum FileFlagsEncoding: Sendable, Equatable {
        /// One byte (scheme A).
        case byte
        /// One byte, or two when bit 2 is set (scheme B).
        case extendedByte
        /// A varint (scheme C).
        case varint
    }

    public var fileFlagsEncoding: FileFlagsEncoding {
        if number < 28 { return .byte }
        return compat.contains(.varintFileListFlags) ? .varint : .extendedByte
    }

    /// Whether flag bits 8 and up exist on the wire.
    public var hasExtendedFileFlags: Bool { asked(.traitHasExtendedFileFlags, number >= 28) }
    /// File lists arrive one directory at a time (FLS-108).
    /// The receiving side can set the times of symlinks (MET-160).
    public var setsLinkTimes: Bool { asked(.traitSetsLinkTimes, compat.contains(.symlinkTimes)) }
    public var incrementalRecursion: Bool { asked(.traitIncrementalRecursion, compat.contains(.incrementalRecursion)) }
    /// The end of a list can carry an error code (FLS-82).
    public var safeFileList: Bool { asked(.traitSafeFileList, number >= 31 || compat.contains(.safeFileList)) }
    /// The list's end is followed by an int32 of error flags (FLS-86).
    public var listHasErrorTrailer: Bool { asked(.traitListHasErrorTrailer, number < 30) }
    /// Hard links are named by (device, inode); from 30 on by the wire position of the first (FLS-70, FLS-72).
    public var hardLinksByInode: Bool { asked(.traitHardLinksByInode, number < 30) }
    /// Every regular file carries device and inode under -H, whatever its link count (FLS-69).
    public var tracksAllRegularFiles: Bool { asked(.traitTracksAllRegularFiles, number < 28) }
    /// NO_CONTENT_DIR exists, so that "content" and "implied" come with each directory (FLS-33).
    public var directoriesCarryContent: Bool { asked(.traitDirectoriesCarryContent, number >= 30) }
    /// User and group names may follow an id inside an entry (FLS-57).
    public var hasInlineNames: Bool { asked(.traitHasInlineNames, number >= 30) }
    /// mtime is 64 bits wide; below the low 32 (FLS-49).
    public var hasWideTimes: Bool { asked(.traitHasWideTimes, number >= 30) }
    /// Entries may carry nanoseconds (FLS-50).
    public var hasNanoseconds: Bool { asked(.traitHasNanoseconds, number >= 31) }
    /// The form of device numbers (FLS-61).
    public enum DeviceEncoding: Sendable, Equatable {
        /// One int32 (protocol 27).
        case native
        /// int32 major, minor as byte or int32 (28, 29).
        case split
        /// varint major and minor, also for specials (30).
        case varint
        /// As `varint`, and nothing for specials (31 and up).
        case varintDevicesOnly
    }

    public var deviceEncoding: DeviceEncoding {
        switch number {
        case ...27: .native
        case 28, 29: .split
        case 30: .varint
        default: .varintDevicesOnly
        }
    }

    /// Every entry, not just regular files, has the field of `--checksum` (FLS-78).
    public var everyEntryHasChecksumField: Bool { asked(.traitEveryEntryHasChecksumField, number < 28) }
    /// Id lists end with the name of id 0 (FLS-90).
    public var idListsNameZero: Bool { asked(.traitIdListsNameZero, compat.contains(.idZeroNames)) }
    /// Entries are ordered by plain byte comparison; from 29 on files before directories (FLS-98, FLS-99).
    public var sortsByPlainBytes: Bool { asked(.traitSortsByPlainBytes, number <= 28) }
    /// Implied directories are always sent, marked (FLS-23).
    public var alwaysSendsImpliedDirectories: Bool { asked(.traitAlwaysSendsImpliedDirectories, number >= 30) }

    // MARK: Transfer (XFR)

    /// Requests and replies carry item flags (XFR-16).
    public var hasItemFlags: Bool { asked(.traitHasItemFlags, number >= 29) }
    /// Largest block length a peer may ask for, in bytes (XFR-27).
    public var largestBlockLength: Int32 { number >= 30 ? 131_072 : 536_870_912 }
    /// Largest block length our generator asks for: 3.0.0 applies 131072 at every protocol (XFR-28).
    public var largestOwnBlockLength: Int32 { 131_072 }
    /// MD5 block sums hash the seed before the data (XFR-44).
    public var seedsBlockSumsFirst: Bool { asked(.traitSeedsBlockSumsFirst, compat.contains(.checksumSeedFix)) }
    /// Without negotiation: MD5, below 30 MD4 (SES-63).
    public var defaultChecksumIsMD5: Bool { asked(.traitDefaultChecksumIsMD5, number >= 30) }
    /// A partial-dir basis is updated in place (XFR-69).
    public var updatesPartialInPlace: Bool { asked(.traitUpdatesPartialInPlace, compat.contains(.inplacePartialDir)) }
    /// `--inplace` alone decides; from 29 on the basis type does (XFR-69).
    public var hasBasisTypes: Bool { asked(.traitHasBasisTypes, number >= 29) }
    /// From 31 on, every segment of a matched block enters the zlib history; before, only its start (XFR-98).
    public var insertsWholeBlocksInHistory: Bool { asked(.traitInsertsWholeBlocksInHistory, number >= 31) }

    /// The bits of a batch file's header that count (XFR-140).
    public var batchOptionBits: Int32 { number >= 30 ? 0x7fff : number == 29 ? 0x1ff : 0x7f }

    // MARK: What cannot work (SES-29)

    public var supportsAccessControlLists: Bool { asked(.traitSupportsAccessControlLists, number >= 30) }
    public var supportsExtendedAttributes: Bool { asked(.traitSupportsExtendedAttributes, number >= 30) }
    /// No values are asked for with the report of a hard link (MET-154).
    public var linksCarryNoXattrs: Bool { asked(.traitLinksCarryNoXattrs, number >= 31 && !compat.contains(.avoidXattrOptimisation)) }
    public var supportsFuzzy: Bool { asked(.traitSupportsFuzzy, number >= 29) }
    public var supportsSeveralAlternateDirectories: Bool { asked(.traitSupportsSeveralAlternateDirectories, number >= 29) }
    public var supportsPruneEmptyDirectories: Bool { asked(.traitSupportsPruneEmptyDirectories, number >= 29) }
    /// The filter list is sent to a receiving server also under `--delete-excluded` (SES-26).
    public var sendsFiltersWithDeleteExcluded: Bool { asked(.traitSendsFiltersWithDeleteExcluded, number >= 29) }
    /// Filter rules go out in the full syntax; below only the old prefixes exist (FLT, wire forms).
    public var hasModernFilterRules: Bool { asked(.traitHasModernFilterRules, number >= 29) }
    /// Filter rules may carry the modifiers of protocol 29's successor (side and perishable, FLT wire forms).
    public var hasPerishableRules: Bool { asked(.traitHasPerishableRules, number >= 30) }
}
