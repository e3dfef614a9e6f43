import RsyncFilter
import RsyncWire

/// The receiving side's rules while it looks for what is to be deleted (FLT-40).
final class DestinationFilters {
    private var list: FilterList
    private let reader: TreeFilterFiles
    private let nulTerminated: Bool
    private let readsFiles: Bool
    /// The directories entered last, each inside the one before.
    private var entered: [(name: [UInt8], scope: FilterScope)] = []
    private let entersRoot: Bool
    private let trail: FilterTrail?

    /// `entersRoot`: the transfer root itself is a directory of the transfer.
    init(
        _ options: TransferOptions, _ destination: Destination, entersRoot: Bool, outside: (any FilterFileReader)?,
        tell: ((MessageText) -> Void)? = nil
    ) {
        list = options.filters
        list.transferRoot = destination.transferRoot
        list.notes = tell == nil ? nil : []
        trail = tell.map { FilterTrail($0) }
        readsFiles = list.hasDirMerge
        nulTerminated = options.nulTerminated
        self.entersRoot = entersRoot
        reader = TreeFilterFiles(
            tree: destination.tree, root: destination.transferRoot, path: { try? RelativePath(cleaning: $0) },
            outside: outside)
    }

    /// Whether an item of `directory` is protected. `isDoomed`: that directory is being removed (FLT-68).
    func protects(
        _ name: [UInt8], in directory: [UInt8], isDirectory: Bool, isDoomed: Bool = false
    ) throws(SessionError) -> Bool {
        guard !list.isEmpty else { return false }
        guard readsFiles else {
            return list.check(name, isDirectory: isDirectory, side: .receiver, insideDoomedDirectory: isDoomed)
                == .exclude
        }
        return try scope(of: directory).check(name, isDirectory: isDirectory, insideDoomedDirectory: isDoomed)
            == .exclude
    }

    /// What decides about an item, for people; as `protects`.
    func explanation(
        _ name: [UInt8], in directory: [UInt8], isDirectory: Bool, isDoomed: Bool
    ) throws(SessionError) -> FilterExplanation? {
        guard !list.isEmpty else { return nil }
        guard readsFiles else {
            return list.explanation(name, isDirectory: isDirectory, side: .receiver, insideDoomedDirectory: isDoomed)
        }
        return try scope(of: directory).explanation(name, isDirectory: isDirectory, insideDoomedDirectory: isDoomed)
    }

    /// Reads the directory's rule files, unless that has just been done: what is there now counts, not what arrives.
    func enter(_ directory: [UInt8]) throws(SessionError) {
        guard readsFiles else { return trail?.enter(directory, root: list.transferRoot, nil) ?? () }
        _ = try scope(of: directory)
    }

    /// A directory that is on its way out: what is in it decides by its rule files when it is asked for, or now where that is
    /// told.
    func enterDoomed(_ directory: [UInt8]) throws(SessionError) {
        if trail != nil { try enter(directory) }
    }

    /// What is nothing to look into: it is told all the same, without what it lies in, and the first of all entries takes the rule
    /// files above the transfer to itself, whatever it is.
    func enterAlone(_ name: [UInt8]) throws(SessionError) {
        guard readsFiles else { return trail?.enter(name, root: list.transferRoot, nil) ?? () }
        guard trail != nil || !hasStarted else { return }
        while let last = entered.last, !FilterTrail.contains(last.name, name) { entered.removeLast() }
        do throws(FilterError) {
            try push(name)
        } catch {
            throw error.asSessionError
        }
    }

    func leaveDoomed() {
        guard let trail else { return }
        trail.leave(always: true)
        if readsFiles, !entered.isEmpty { entered.removeLast() }
    }

    /// All directories have been looked at.
    func leaveAll() {
        trail?.leaveAll()
    }

    private func scope(of directory: [UInt8]) throws(SessionError) -> FilterScope {
        if let last = entered.last, last.name == directory { return last.scope }
        do throws(FilterError) {
            return try enterAll(directory)
        } catch {
            throw error.asSessionError
        }
    }

    private func enterAll(_ directory: [UInt8]) throws(FilterError) -> FilterScope {
        while let last = entered.last, last.name != directory, !FilterTrail.contains(last.name, directory) { entered.removeLast() }
        if entered.isEmpty, entersRoot { try push([0x2e]) }
        if directory != [0x2e] {
            var end = entered.last.map { $0.name == [0x2e] ? 0 : $0.name.count + 1 } ?? 0
            while end < directory.count {
                end = directory[end...].firstIndex(of: 0x2f) ?? directory.count
                if end > 0 { try push([UInt8](directory[..<end])) }
                end += 1
            }
        } else if entered.isEmpty {
            try push(directory)
        }
        guard let last = entered.last else {
            return try FilterScope(list, side: .receiver, firstDirectory: nil, reader: reader)
        }
        return last.scope
    }

    private func push(_ name: [UInt8]) throws(FilterError) {
        let outer: FilterScope
        if let last = entered.last {
            outer = last.scope
        } else {
            outer = try FilterScope(
                list, side: .receiver, firstDirectory: hasStarted ? nil : name, reader: reader,
                nulTerminated: nulTerminated)
            hasStarted = true
        }
        var inner = try outer.entering(name, reader: reader)
        if let trail {
            trail.enter(name, root: list.transferRoot, inner)
            _ = inner.takeNotes()
        }
        entered.append((name, inner))
    }

    private var hasStarted = false
}
