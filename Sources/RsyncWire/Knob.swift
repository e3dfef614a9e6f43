import Synchronization

/// One named fault that an engine built for testing can be told to have; a release build has none of them.
///
/// The conformance suite turns them for two purposes: as a peer that is wrong in just one way, and to prove of itself that it
/// notices each of them. What a knob does, and which case notices it, stands in `Conformance/knobs.json`.
public enum Knob: Int, CaseIterable, Sendable {
    case traitHasCompatFlags
    case traitExchangesLists
    case traitClientStreamIsMultiplexed
    case traitUsesVarints
    case traitUsesDeltaIndexes
    case traitHasErrorAndWarningMessages
    case traitHasErrorExit
    case traitHasIOErrorMessage
    case traitReportsListErrorsByMessage
    case traitTellsErrorsByProtocol
    case traitHasNoSend
    case traitHasDeletedMessage
    case traitFilesFromIsFramed
    case traitDeletesDuringByDefault
    case traitAppendAlwaysVerifies
    case traitHasLateDeletionPhase
    case traitHasDeletionStatistics
    case traitHasEchoedGoodbye
    case traitStatisticsHaveListTimes
    case traitHasIndexKeepAlive
    case traitHasExtendedFileFlags
    case traitSetsLinkTimes
    case traitIncrementalRecursion
    case traitSafeFileList
    case traitListHasErrorTrailer
    case traitHardLinksByInode
    case traitTracksAllRegularFiles
    case traitDirectoriesCarryContent
    case traitHasInlineNames
    case traitHasWideTimes
    case traitHasNanoseconds
    case traitEveryEntryHasChecksumField
    case traitIdListsNameZero
    case traitSortsByPlainBytes
    case traitAlwaysSendsImpliedDirectories
    case traitHasItemFlags
    case traitSeedsBlockSumsFirst
    case traitDefaultChecksumIsMD5
    case traitUpdatesPartialInPlace
    case traitHasBasisTypes
    case traitInsertsWholeBlocksInHistory
    case traitSupportsAccessControlLists
    case traitSupportsExtendedAttributes
    case traitLinksCarryNoXattrs
    case traitSupportsFuzzy
    case traitSupportsSeveralAlternateDirectories
    case traitSupportsPruneEmptyDirectories
    case traitSendsFiltersWithDeleteExcluded
    case traitHasModernFilterRules
    case traitHasPerishableRules
    case entryModeAlwaysSame
    case entryTimeAlwaysSame
    case entryOwnerAlwaysSame
    case entryGroupAlwaysSame
    case firstOwnerSaysSame
    case sharedPrefixIsShort
    case nanosecondsMissing
    case nanosecondsAreMicroseconds
    case timeIsUnsigned
    case modeLosesHighBits
    case linkTargetIsCut
    case hardLinkNamesNext
    case hardLinkIsNeverAbbreviated
    case hardLinkAlwaysFirst
    case topDirectoryFlagMissing
    case noContentFlagMissing
    case deviceMinorIsByte
    case deviceMajorAlwaysSame
    case inlineNamesMissing
    case inlineNamesRepeated
    case checksumFieldIsZero
    case idListsSwapped
    case listEndsWithoutErrors
    case errorTrailerIsZero
    case idListIsEmpty
    case idListHasZero
    case indexStepIsOneByte
    case indexBytesSwapped
    case indexMemoryStandsStill
    case negativeIndexMemoryStandsStill
    case itemFlagsSwapped
    case acceptsUnknownItemFlags
    case basisTypeMissing
    case xnameIsCut
    case acceptsAnyBlockLength
    case acceptsAnyStrongLength
    case acceptsAnyRemainder
    case remainderIsZero
    case sumHeadSwapped
    case statisticsSwapped
    case statisticsLackOne
    case blockTokenOffByOne
    case endTokenMissing
    case acceptsAnyBlock
    case literalsAreLarge
    case acceptsDotDot
    case acceptsAbsoluteNames
    case acceptsNulInNames
    case acceptsLongNames
    case acceptsNegativeLengths
    case acceptsLongNanoseconds
    case acceptsEmptyTargets
    case acceptsNulInTargets
    case acceptsFileAsRoot
    case decodesLengthShort
    case acceptsPrivateFrames
    case frameLengthIsLess
    case clientTakesServersFirst
    case serverTakesOwnFirst
    case nameListHasTwoSpaces
    case sortsDirectoriesFirst
    case sortsWithoutSlash
    case announcesOneLess
    case compatFlagsAreZero
    case ignoresCapabilities
    case acceptsUnknownCompatFlags
    case acceptsUnofferedRecursion
    case seedIsMissing
    case seedIsForgotten
    case supportIsNotChecked
    case keepAliveMissing
    case noSendMissing
    case deletedMissing
    case errorExitMissing
    case ioErrorMissing
    case successMissing
    case errorTextMissing
    case infoTextMissing
    case messagesAreSkipped
    case blocksAreIgnored
    case fileSumIsWrong
    case sumHeadIsNotEchoed
    case appendForgetsOldPart
    case diminishedIsSent
    case vanishedIsNoError
    case unreadableIsNoError
    case attributesAreNotEchoed
    case senderIgnoresBadIndex
    case senderAnswersLate
    case senderSendsAnyType
    case senderAnswersForEver
    case dryRunSendsData
    case statisticsMissing
    case goodbyeIsNotEchoed
    case lateErrorsMissing
    case deletionCountsAreNotEchoed
    case listsAreMisnumbered
    case endOfListsMissing
    case impliedDirectoriesRepeated
    case subdirectoriesAreLeftOut
    case sameDirectoryListedOnce
    case linksAreNotUnmunged
    case directoriesLoseContent
    case danglingIsNoError
    case unreadableDirectoryIsNoError
    case unsafeLinksAreNotCopied
    case directoryLinksAreNotCopied
    case excludedIsSent
    case chmodIsIgnored
    case receiverIgnoresBadIndex
    case receiverTakesUnasked
    case receiverTakesLate
    case receiverTakesAnyBasis
    case noRedo
    case exitZeroIsSuccess
    case peerErrorsDoNotCount
    case ioErrorsDoNotCount
    case noSendForAnything
    case receiverTakesAnySumHead
    case sumsAreNotChecked
    case partIsThrownAway
    case unrequestedIsTaken
    case withheldIsTaken
    case foreignParentIsTaken
    case listComesTwice
    case endOfListsTwice
    case orphansAreTaken
    case duplicatesStay
    case listErrorsDoNotCount
    case emptyDirectoriesStay
    case quickCheckForgetsSize
    case quickCheckForgetsTime
    case checksumIsIgnored
    case sizeOnlyIsIgnored
    case ignoreTimesIsIgnored
    case updateIsIgnored
    case maximumIsIgnored
    case minimumIsIgnored
    case dryRunSetsAttributes
    case backupOfUpdateMissing
    case basisIsNeverUsed
    case redoHasShortSums
    case weakSumsAreUnsigned
    case strongSumsAreUnseeded
    case blockLengthIsUnrounded
    case smallestBlockIsLarger
    case strongSumsAreShort
    case strongSumsAreNotCompared
    case inPlaceUsesOverwritten
    case shortBlockIsNotFound
    case existingIsIgnored
    case ignoreExistingIsIgnored
    case hardLinksAreCopied
    case specialsAreSkipped
    case unchangedIsReported
    case changesAreNotReported
    case directoryTimesAreLost
    case contentOfFailedIsTried
    case deletesDespiteErrors
    case deletesProtected
    case deletionLimitIsIgnored
    case deletionLimitIsNoError
    case dryRunDeletes
    case deletesNothing
    case deletedDirectoryIsFile
    case deletedIsNotKept
    case deletionOrderIsForward
    case unsafeLinksAreMade
    case linkTargetsAreNotCompared
    case deletionCountsMissing
    case phaseIsMissing
    case umaskIsIgnored
    case modesAreAlwaysKept
    case executabilityIsIgnored
    case setuidIsLost
    case directoryTimesOmissionIsIgnored
    case linkTimesOmissionIsIgnored
    case ownersAreIgnored
    case groupsAreIgnored
    case timesAreNotSet
    case windowIsIgnored
    case newIsNotSaid
    case sizeIsNotSaid
    case timeIsNotSaid
    case namesAreNotLookedUp
    case numericIdsIsIgnored
    case mapIsIgnored
    case directoryOnlyIsIgnored
    case anchorIsIgnored
    case tripleStarIsDouble
    case innerSlashesAnchor
    case doubleStarIsSingle
    case questionMeetsSlash
    case starMeetsSlash
    case backslashIsLiteral
    case classesAreNotNegated
    case rangesAreCut
    case perishableIsKept
    case deleteExcludedIsIgnored
    case clearIsIgnored
    case negationIsIgnored
    case absoluteIsIgnored
    case sidesAreIgnored
    case includeIsExclude
    case ruleLengthIsShort
    case ruleListHasNoEnd
    case acceptsLongRules
    case mergeOfPeerIsTaken
    case everythingIsRequested
    case blocksDoNotEnterHistory
    case flushMarkTravels
    case tokenBaseStandsStill
    case encoderIsNotReset
    case capabilitiesAreNotOffered
    case dotIsMissing
    case pathsAreNotEscaped
    case senderWordIsMissing
    case timesLetterIsMissing
    case deleteIsNotSent

    /// As it is written in `Conformance/knobs.json`.
    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let knob = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = knob
    }

    /// Whether this process has the fault. Constant in a build without knobs, so that nothing is left of the question.
    @inlinable public var isOn: Bool {
        #if KNOBS
            Self.turned.load(ordering: .relaxed) == rawValue
        #else
            false
        #endif
    }

    /// Whether this build has knobs at all.
    public static var areBuilt: Bool {
        #if KNOBS
            true
        #else
            false
        #endif
    }

    #if KNOBS
        @usableFromInline static let turned = Atomic<Int>(-1)

        /// Gives this process the fault, for as long as it lives; to be called before any session.
        public static func turn(_ knob: Knob) { turned.store(knob.rawValue, ordering: .relaxed) }
    #endif
}
