import RsyncEngine
import RsyncWire
import Synchronization

/// A file under its temporary name. Small writes are gathered; whatever ends the object before `publish`, the exit of
/// an interrupted program included (`LiveFiles`), removes the file.
final class ConfinedWritableFile: WritableFile {
    /// Large enough that the cost of a system call vanishes, small enough to stay in the processor's cache.
    static let bufferSize = 256 << 10
    /// Bytes from which a piece that follows nothing gathered is written by itself.
    static let directSize = 16 << 10

    private struct State: Sendable {
        /// nil once closed.
        var file: Descriptor?
        var buffer: [UInt8] = []
        /// The name is still ours to remove.
        var isPending = true
        /// Neither published nor discarded.
        var isOpen: Bool { file != nil }
    }

    /// Written where it is: its name is not ours to remove or to change.
    private let isInPlace: Bool
    private let isDevice: Bool

    let path: RelativePath
    private let place: ConfinedTree.Place
    let tree: ConfinedTree
    /// Held during writes too: the only other user is the clean-up of an interrupted program, which must wait.
    private let state: Mutex<State>

    init(
        _ file: Descriptor, path: RelativePath, place: ConfinedTree.Place, tree: ConfinedTree, isInPlace: Bool = false,
        isDevice: Bool = false
    ) {
        self.path = path
        self.place = place
        self.tree = tree
        self.isInPlace = isInPlace
        self.isDevice = isDevice
        state = Mutex(State(file: file, isPending: !isInPlace))
        LiveFiles.add(self)
    }

    deinit {
        LiveFiles.remove(ObjectIdentifier(self))
        state.withLock { Self.discard(&$0, place) }
    }

    func write(_ bytes: [UInt8], _ range: Range<Int>) throws(FileError) {
        try using("write") { (state, file) throws(SystemError) in
            if state.buffer.count + range.count > Self.bufferSize { try Self.flush(&state, file) }
            // What is long enough to be worth a system call is not copied once more.
            if range.count >= (state.buffer.isEmpty ? Self.directSize : Self.bufferSize) {
                try System.write(file, bytes, range)
            } else {
                state.buffer.append(contentsOf: bytes[range])
            }
        }
    }

    func skip(_ count: Int64) throws(FileError) {
        try using("lseek") { (state, file) throws(SystemError) in
            try Self.flush(&state, file)
            _ = try System.advance(file, by: count)
        }
    }

    func punch(_ count: Int64) throws(FileError) {
        try using("write") { (state, file) throws(SystemError) in
            try Self.flush(&state, file)
            let position = try System.advance(file, by: 0)
            // Beyond the end nothing is freed, although space may have been allocated there.
            if !isDevice, try System.status(of: file).size < position + count { try System.cut(file, to: position + count) }
            do throws(SystemError) {
                try System.punch(file, at: position, count)
                _ = try System.advance(file, by: count)
            } catch {
                guard error.mayMeanMissingCall || error == .noDeviceDriver else { throw error }
                let zeros = [UInt8](repeating: 0, count: Int(min(count, Int64(Self.bufferSize))))
                var left = count
                while left > 0 {
                    let piece = Int(min(left, Int64(zeros.count)))
                    try System.write(file, zeros, 0..<piece)
                    left -= Int64(piece)
                }
            }
        }
    }

    func flush() throws(FileError) {
        try using("write") { (state, file) throws(SystemError) in try Self.flush(&state, file) }
    }

    func cut() throws(FileError) {
        try flush()
        guard !isDevice else { return }
        try using("ftruncate") { (state, file) throws(SystemError) in
            try Self.flush(&state, file)
            try System.cut(file, to: System.advance(file, by: 0))
        }
    }

    func allocate(_ length: Int64) throws(FileError) {
        guard length > 0, !isDevice else { return }
        try using("do_fallocate") { (_, file) throws(SystemError) in try System.allocate(file, length) }
    }

    func read(into buffer: inout [UInt8], at offset: Int, count: Int, position: Int64) throws(FileError) -> Int {
        let file = try using("read") { (state, file) throws(SystemError) in
            try Self.flush(&state, file)
            return file
        }
        return try tree.reporting("read", path) { () throws(SystemError) in
            try System.read(file, into: &buffer, at: offset, count: count, position: position)
        }
    }

    func apply(_ change: AttributeChange) throws(FileError) -> [AttributeFailure] {
        guard !change.isEmpty else { return [] }
        // A write after it would set the time anew and clear setuid.
        try flush()
        return try using("set_attributes") { (_, file) throws(SystemError) in
            if tree.fakeSuper { return try tree.pretend(change, type: nil, open: file) }
            var tries = AttributeTries()
            // chown takes setuid and setgid away, so the permissions come last whether or not they change. What is meant for one
            // owner and for others is not given to another and theirs: a new file stays the owner's alone.
            if change.uid != nil || change.gid != nil {
                guard tries.make(change.uid == nil ? .group : .owner, { () throws(SystemError) in
                    try System.changeOwner(file, uid: change.uid, gid: change.gid)
                }) else {
                    if let permissions = change.permissions, !isInPlace { try? System.changeMode(ofOpen: file, permissions & 0o700) }
                    return tries.failures
                }
            }
            if !change.extended.isEmpty {
                tree.change(change.extended, of: .open(file), try System.status(of: file), &tries) { mode throws(SystemError) in
                    try System.changeMode(ofOpen: file, mode)
                }
            }
            if change.setsTime {
                guard tries.make(.times, { () throws(SystemError) in try System.setTimes(ofOpen: file, change) }) else {
                    return tries.failures
                }
            }
            if let permissions = change.permissions {
                _ = tries.make(.permissions) { () throws(SystemError) in
                    try System.changeMode(ofOpen: file, permissions & 0o7777)
                }
            }
            return tries.failures
        }
    }

    func status() throws(FileError) -> FileStatus {
        try using("fstat") { (state, file) throws(SystemError) in
            var real = try System.status(of: file)
            if tree.fakeSuper { real = try tree.pretended(real, open: file) }
            real.size += Int64(state.buffer.count)
            return real
        }
    }

    func extendedAttributes(where wanted: (_ name: [UInt8]) -> Bool) throws(FileError) -> [ExtendedAttribute] {
        try using("get_xattr") { (_, file) throws(SystemError) in try System.attributes(of: .open(file), where: wanted) }
    }

    func synchronize() throws(FileError) {
        try using("fsync") { (state, file) throws(SystemError) in
            try Self.flush(&state, file)
            try System.synchronize(file)
        }
    }

    /// When this fails the file is still there under its temporary name, for `discard` or another try.
    func publish(as target: RelativePath, in other: (any DestinationTree)?) throws(FileError) {
        guard let other = (other ?? tree) as? ConfinedTree else {
            throw FileError(errno: FileError.crossDevice, operation: "rename", path: path)
        }
        try state.withLock { (state) throws(FileError) in
            guard state.isOpen else {
                throw FileError(errno: SystemError.badDescriptor.number, operation: "rename", path: path)
            }
            try tree.reporting("write", path) { () throws(SystemError) in
                if let file = state.file { try Self.flush(&state, file) }
            }
            if !isInPlace {
                try other.reporting("rename", target) { () throws(SystemError) in
                    let destination = try other.place(of: target)
                    try System.rename(place.directory, place.name, to: destination.directory, destination.name)
                }
            }
            state.isPending = false
            state.file = nil
        }
        LiveFiles.remove(ObjectIdentifier(self))
    }

    func discard() {
        state.withLock { Self.discard(&$0, place) }
        LiveFiles.remove(ObjectIdentifier(self))
    }

    private static func discard(_ state: inout State, _ place: ConfinedTree.Place) {
        // What was to be written in place counts as it is: it is not thrown away.
        if !state.isPending, let file = state.file { try? flush(&state, file) }
        state.file = nil
        state.buffer = []
        guard state.isPending else { return }
        state.isPending = false
        // Nobody is left to tell: either it is gone already or its directory refuses us now.
        try? System.remove(place.directory, place.name, isDirectory: false)
    }

    private static func flush(_ state: inout State, _ file: Descriptor) throws(SystemError) {
        guard !state.buffer.isEmpty else { return }
        // What could not be written is not tried again: of a file that is given up what came before may be kept.
        defer { state.buffer.removeAll(keepingCapacity: true) }
        try System.write(file, state.buffer, 0..<state.buffer.count)
    }

    private func using<R: Sendable>(
        _ operation: StaticString, _ body: (inout State, Descriptor) throws(SystemError) -> R
    ) throws(FileError) -> R {
        try state.withLock { (state) throws(FileError) -> R in
            guard let file = state.file else {
                throw FileError(errno: SystemError.badDescriptor.number, operation: operation, path: path)
            }
            do throws(SystemError) {
                return try body(&state, file)
            } catch {
                throw FileError(errno: error.number, operation: operation, path: path)
            }
        }
    }
}
