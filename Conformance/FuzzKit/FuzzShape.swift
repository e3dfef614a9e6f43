import RsyncDigest
import RsyncEngine
import RsyncProtocol

/// Protocol and options of an input, four bytes of it. The bits are those that change what is on the wire.
struct FuzzShape {
    /// Bytes that it takes.
    static let size = 4

    let version: ProtocolVersion
    let bits: UInt16
    /// Frames are the input's own; otherwise all of it is data, and the start of the session is made for it.
    let isRaw: Bool

    /// Meaning of the bits of `options`, from the lowest.
    enum Bit: UInt16 {
        case recursive, links, permissions, times, owners, devices, hardLinks, checksum
        case xattrs, accessLists, deletes, numericIds, incremental, codecLow, codecHigh, inPlace
    }

    init(_ choices: inout FuzzChoices) {
        let first = choices.byte()
        version = ProtocolVersion(27 + Int32(first % 6)) ?? .newest
        bits = choices.bits()
        isRaw = choices.byte() & 1 == 1
    }

    /// The head of an input of this shape.
    static func head(version: Int32, bits: [Bit], isRaw: Bool) -> [UInt8] {
        let word = bits.reduce(UInt16(0)) { $0 | 1 << $1.rawValue }
        return [UInt8(clamping: version - 27), UInt8(word & 0xff), UInt8(word >> 8), isRaw ? 1 : 0]
    }

    func has(_ bit: Bit) -> Bool { bits >> bit.rawValue & 1 == 1 }

    var compat: CompatFlags {
        var flags: CompatFlags = [.symlinkTimes, .safeFileList, .checksumSeedFix, .idZeroNames, .varintFileListFlags, .inplacePartialDir]
        if has(.incremental) { flags.insert(.incrementalRecursion) }
        return flags
    }

    var traits: SessionTraits { SessionTraits(version: version, compat: compat) }

    var compression: CompressionName {
        switch (has(.codecLow), has(.codecHigh)) {
        case (false, false): .none
        case (true, false): .zlib
        case (false, true): .lz4
        case (true, true): .zstd
        }
    }

    var options: TransferOptions {
        var options = TransferOptions()
        options.recursive = has(.recursive)
        options.preserveLinks = has(.links)
        options.preservePermissions = has(.permissions)
        options.preserveTimes = has(.times)
        options.preserveOwner = has(.owners)
        options.preserveGroup = has(.owners)
        options.preserveDevices = has(.devices)
        options.preserveSpecials = has(.devices)
        options.preserveHardLinks = has(.hardLinks)
        options.compareChecksums = has(.checksum)
        options.preserveXattrs = has(.xattrs) && traits.supportsExtendedAttributes
        options.preserveAccessLists = has(.accessLists) && traits.supportsAccessControlLists
        if has(.deletes) { options.deletion = .unspecified }
        options.numericIds = has(.numericIds)
        options.allowsIncrementalRecursion = has(.incremental)
        options.inPlace = has(.inPlace)
        options.rootMode = .root
        if compression != .none {
            options.compression.isRequested = true
            if !isRaw { options.compression.choice = compression }
        }
        // What is made for an input holds no exchange of names; a recorded session has its own.
        if !isRaw { options.checksumChoice = .init(transfer: .md5, list: .md5) }
        return options
    }

    var listFormat: FileListFormat {
        FileListFormat(
            traits: traits, preserveOwner: has(.owners), preserveGroup: has(.owners), preserveDevices: has(.devices),
            preserveSpecials: has(.devices), preserveAccessTimes: has(.xattrs), preserveAccessLists: false,
            preserveLinks: has(.links), preserveHardLinks: has(.hardLinks), checksumLength: has(.checksum) ? 16 : 0,
            recursive: has(.recursive), relative: has(.inPlace), numericIds: has(.numericIds), acceptsMissing: has(.deletes))
    }
}
