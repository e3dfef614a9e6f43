import RsyncFilter
import RsyncWire

// The rules of a session where they are applied: with the files in directories that some of them read (FLT-30 to FLT-41).

/// Reads rule files out of a tree; what lies outside of it only where the session has a reader for that.
struct TreeFilterFiles: FilterFileReader {
    let tree: any SourceTree
    /// Absolute path of the transfer root.
    let root: [UInt8]
    /// Where a name of the transfer lies in `tree`; nil when it lies outside.
    let path: ([UInt8]) -> RelativePath?
    let outside: (any FilterFileReader)?

    var cvsIgnoreVariable: [UInt8]? { outside?.cvsIgnoreVariable }
    func shownPath(of location: FilterFileLocation) -> [UInt8]? { outside?.shownPath(of: location) }

    func contents(of location: FilterFileLocation) -> [UInt8]? {
        guard case .inTransfer(let name) = location else { return outside?.contents(of: location) }
        guard let path = path(name) else {
            return outside?.contents(of: .absolute(root + (root.last == 0x2f ? [] : [0x2f]) + name))
        }
        return try? Self.contents(of: path, in: tree)
    }

    /// nil for what is too large to be a file of rules.
    private static func contents(of path: RelativePath, in tree: any SourceTree) throws(FileError) -> [UInt8]? {
        let file = try tree.open(path)
        defer { file.close() }
        let size = file.size
        guard size <= largestFile else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let count = try file.read(into: &bytes, at: 0, count: bytes.count, position: 0)
        return [UInt8](bytes[..<count])
    }

    /// The receiving side reads what a peer has put there, so there is a bound.
    private static let largestFile: Int64 = 64 << 20
}

extension FilterError {
    /// As the session ends by it.
    var asSessionError: SessionError { SessionError(exitCode: exitCode, MessageText(text(role: nil))) }
}

/// The sending side's rules while it scans (FLT-58 to FLT-64).
final class SourceFilters {
    /// One list for each argument, since each has its own transfer root; none without rules.
    private let lists: [FilterList]
    private let readers: [TreeFilterFiles]
    private let nulTerminated: Bool
    let readsFiles: Bool
    /// Scopes of directories whose contents are still to be scanned: each that of its parent.
    private var parents: [[UInt8]: [Int32: FilterScope]] = [:]
    /// The first directory entered at all.
    private var firstDirectory: [UInt8]?
    /// One list for all: what was entered above an argument stays in force for those after it (FLT-41).
    private let staysBelow: Bool
    /// The directories that were entered above arguments, each inside the one before.
    private var standing: [(name: [UInt8], scope: FilterScope)] = []
    /// Those above the last argument that has any.
    private var lastImplied: [[UInt8]] = []
    private let trail: FilterTrail?
    /// Of each argument.
    private let roots: [[UInt8]]

    init(
        _ options: TransferOptions, _ arguments: [SourceArgument], incremental: Bool, outside: (any FilterFileReader)?,
        tell: ((MessageText) -> Void)? = nil
    ) {
        trail = tell.map { FilterTrail($0, saysAlways: !incremental) }
        roots = trail == nil ? [] : arguments.map(\.transferRoot)
        staysBelow = !incremental
        readsFiles = options.filters.hasDirMerge
        nulTerminated = options.nulTerminated
        guard !options.filters.isEmpty else {
            lists = []
            readers = []
            return
        }
        lists = arguments.map { argument in
            var list = options.filters
            list.transferRoot = argument.transferRoot
            list.notes = tell == nil ? nil : []
            return list
        }
        guard readsFiles else {
            readers = []
            return
        }
        readers = arguments.map { argument in
            // Rules know no leading slash; with `-R` names on the wire do.
            let isAbsolute = argument.wireName.first == 0x2f
            return TreeFilterFiles(
                tree: argument.tree, root: argument.transferRoot, path: { try? argument.path(of: isAbsolute ? [0x2f] + $0 : $0) },
                outside: outside)
        }
    }

    var isEmpty: Bool { lists.isEmpty }

    /// Precondition: there are rules. `scope` where there are rules that read files.
    func excludes(_ name: [UInt8], isDirectory: Bool, origin: Int, scope: FilterScope?) -> Bool {
        if let scope { return scope.check(name, isDirectory: isDirectory) == .exclude }
        return lists[origin].check(name, isDirectory: isDirectory, side: .sender) == .exclude
    }

    /// What decides about an item, for people.
    func explanation(_ name: [UInt8], isDirectory: Bool, origin: Int, scope: FilterScope?) -> FilterExplanation? {
        if let scope { return scope.explanation(name, isDirectory: isDirectory) }
        return lists[origin].explanation(name, isDirectory: isDirectory, side: .sender)
    }

    /// What is in force for a start item before its implied directories have been entered.
    func outerScope(ofStart argument: SourceArgument, origin: Int) throws(SessionError) -> FilterScope? {
        guard readsFiles else { return nil }
        if let last = standing.last { return last.scope.moved(to: lists[origin]) }
        do throws(FilterError) {
            return try top(argument.implied.first?.name ?? argument.wireName, origin)
        } catch {
            throw error.asSessionError
        }
    }

    /// What is in force below a start item that goes: its implied directories have been entered (FLT-41). nil without such rules.
    func scope(ofStart argument: SourceArgument, origin: Int) throws(SessionError) -> FilterScope? {
        guard var scope = try outerScope(ofStart: argument, origin: origin) else { return nil }
        do throws(FilterError) {
            guard staysBelow else {
                for directory in argument.implied { try enter(directory.name, &scope, origin) }
                return scope
            }
            let names = argument.implied.map(\.name)
            let known = zip(names, lastImplied).prefix { $0 == $1 }.count
            guard known < names.count else { return scope }
            standing.removeAll { Self.depth($0.name) >= Self.depth(names[known]) }
            if let last = standing.last { scope = last.scope.moved(to: lists[origin]) } else { scope = try top(names[0], origin) }
            for name in names[known...] {
                try enter(name, &scope, origin, stays: true)
                standing.append((name, scope))
            }
            lastImplied = names
            return scope
        } catch {
            throw error.asSessionError
        }
    }

    private static func depth(_ name: [UInt8]) -> Int { name == [0x2e] ? 0 : name.split(separator: 0x2f).count }

    /// What is in force inside a directory, whose rule files are read now. nil without such rules.
    func entering(_ directory: [UInt8], origin: Int32) throws(SessionError) -> FilterScope? {
        guard readsFiles else {
            trail?.enter(directory, root: roots[Int(origin)], nil)
            return nil
        }
        let parent = parents[directory]?.removeValue(forKey: origin)
        if parents[directory]?.isEmpty == true { parents[directory] = nil }
        do throws(FilterError) {
            var scope: FilterScope
            if let parent { scope = parent } else { scope = try top(directory, Int(origin)) }
            try enter(directory, &scope, Int(origin))
            return scope
        } catch {
            throw error.asSessionError
        }
    }

    private func enter(
        _ directory: [UInt8], _ scope: inout FilterScope, _ origin: Int, stays: Bool = false
    ) throws(FilterError) {
        scope = try scope.entering(directory, reader: readers[origin])
        guard let trail else { return }
        trail.enter(directory, root: roots[origin], scope, stays: stays)
        _ = scope.takeNotes()
    }

    /// All directories have been looked at.
    func leaveAll() { trail?.leaveAll() }

    /// A directory that will be scanned later has been found in `scope`.
    func remember(_ scope: FilterScope, for directory: [UInt8], origin: Int32) {
        parents[directory, default: [:]][origin] = scope
    }

    /// A directory that is the first of its branch to be entered. The parent scan is for the very first (FLT-38).
    private func top(_ directory: [UInt8], _ origin: Int) throws(FilterError) -> FilterScope {
        let first = firstDirectory ?? directory
        firstDirectory = first
        return try FilterScope(
            lists[origin], side: .sender, firstDirectory: first == directory ? directory : nil,
            reader: readers[origin], nulTerminated: nulTerminated)
    }
}
