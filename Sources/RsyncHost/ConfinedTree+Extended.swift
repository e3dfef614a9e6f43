import RsyncEngine
import RsyncProtocol
import RsyncWire

/// Extended attributes of the held item itself (HOS-184). By way of the descriptor's own entry in /proc they can be
/// reached through O_PATH, and so of symlinks and nodes too; without /proc only of what can be opened.
extension ConfinedTree {
    public func extendedAttributes(
        of path: RelativePath, where wanted: (_ name: [UInt8]) -> Bool
    ) throws(FileError) -> [ExtendedAttribute] {
        try reporting("get_xattr", path) { () throws(SystemError) in
            let place = try place(of: path)
            let handle = try System.open(place.directory, place.name, flags: Open.handle)
            return try System.attributes(of: .handle(handle), where: wanted)
        }
    }

    /// Owner write is given for the time of the change where an ordinary user lacks it (MET-156).
    func change(
        _ change: ExtendedAttributeChange, of item: System.AttributeHolder, _ status: FileStatus, _ tries: inout AttributeTries,
        changeMode: (UInt32) throws(SystemError) -> Void
    ) {
        let present = status.mode.permissions
        let needsWrite =
            System.effectiveUserID != 0 && present & 0o200 == 0 && !status.mode.isSymlink
            && status.uid == System.effectiveUserID
        // Where it is refused, so are the attributes, each by its name.
        if needsWrite { _ = tries.make(.permissions) { () throws(SystemError) in try changeMode(present | 0o200) } }
        tries.set(change, of: item)
        if needsWrite { _ = tries.make(.permissions) { () throws(SystemError) in try changeMode(present) } }
    }
}
