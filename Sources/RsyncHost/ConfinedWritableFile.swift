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
    }

    let path: RelativePath
    private let place: ConfinedTree.Place
    let tree: ConfinedTree
    /// Held during writes too: the only other user is the clean-up of an interrupted program, which must wait.
    private let state: Mutex<State>

    init(_ file: Descriptor, path: RelativePath, place: ConfinedTree.Place, tree: ConfinedTree) {
        self.path = path
        self.place = place
        self.tree = tree
        state = Mutex(State(file: file))
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

    func apply(_ change: AttributeChange) throws(FileError) {
        guard !change.isEmpty else { return }
        try using("set_attributes") { (state, file) throws(SystemError) in
            // A write after it would set the time anew and clear setuid.
            try Self.flush(&state, file)
            if tree.fakeSuper { return try tree.pretend(change, type: nil, open: file) }
            // chown takes setuid and setgid away, so the permissions come last whether or not they change.
            if change.uid != nil || change.gid != nil {
                try System.changeOwner(file, uid: change.uid, gid: change.gid)
            }
            if !change.extended.isEmpty {
                try tree.change(change.extended, of: .open(file), System.status(of: file)) { mode throws(SystemError) in
                    try System.changeMode(ofOpen: file, mode)
                }
            }
            if change.setsTime { try System.setTimes(ofOpen: file, change) }
            if let permissions = change.permissions { try System.changeMode(ofOpen: file, permissions & 0o7777) }
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
    func publish(as target: RelativePath) throws(FileError) {
        try state.withLock { (state) throws(FileError) in
            guard state.isPending else {
                throw FileError(errno: SystemError.badDescriptor.number, operation: "rename", path: path)
            }
            try tree.reporting("write", path) { () throws(SystemError) in
                if let file = state.file { try Self.flush(&state, file) }
            }
            try tree.reporting("rename", target) { () throws(SystemError) in
                let destination = try tree.place(of: target)
                try System.rename(place.directory, place.name, to: destination.directory, destination.name)
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
        state.file = nil
        state.buffer = []
        guard state.isPending else { return }
        state.isPending = false
        // Nobody is left to tell: either it is gone already or its directory refuses us now.
        try? System.remove(place.directory, place.name, isDirectory: false)
    }

    private static func flush(_ state: inout State, _ file: Descriptor) throws(SystemError) {
        guard !state.buffer.isEmpty else { return }
        try System.write(file, state.buffer, 0..<state.buffer.count)
        state.buffer.removeAll(keepingCapacity: true)
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
