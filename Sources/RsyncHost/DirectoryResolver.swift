import RsyncEngine
import RsyncWire
import Synchronization

/// Which calls find and change things beneath a root. Both are equally confined; the choice is there for tests.
public enum ResolutionMethod: Sendable, Hashable, CaseIterable {
    /// openat2 with RESOLVE_BENEATH, no symlinks, no magic links, and attribute calls on held descriptors; where the
    /// kernel or a filter refuses one of them, what `walk` does.
    case kernel
    /// One component at a time, each opened without following (RSH-301), and the older attribute calls.
    case walk
}

/// Turns the directory part of checked paths into held descriptors and remembers a few of them (RSH-301, RSH-302).
///
/// Why a remembered descriptor is safe: it was reached from the root without following one symlink, so it names a
/// directory that lay inside. Should a local user move that directory out of the tree later, we keep writing into that very
/// directory, which is theirs to move and held nothing of ours but what we put there; a path leading elsewhere
/// is never resolved through it, because only the full path is a key and only single names are used below it. No
/// resolver can do better for the instant between resolving and acting. To keep that instant short a descriptor is
/// resolved anew after `usesBeforeRenewal` uses, and our own renames and removals of directories drop what they touch.
final class DirectoryResolver: Sendable {
    static let capacity = 32
    static let usesBeforeRenewal = 512
    /// EAGAIN means that something was renamed meanwhile; after this many the walk, which cannot starve, takes over.
    static let kernelAttempts = 16

    let root: Descriptor
    let method: ResolutionMethod
    /// How far symlinks are followed; nil: not at all.
    let links: LinkReach?
    private let kernelRefuses = Atomic<Bool>(false)
    private let cache = Mutex(Cache())

    init(root: Descriptor, method: ResolutionMethod, links: LinkReach?) {
        self.links = links
        self.root = root
        self.method = method
    }

    /// The directory at `path`, held by O_PATH. A component that is no directory, a symlink too, is ENOTDIR.
    func directory(_ path: RelativePath) throws(SystemError) -> Descriptor {
        if path.isRoot { return root }
        let (found, generation) = cache.withLock { ($0.find(path.bytes, upTo: path.bytes.count), $0.generation) }
        if let found { return found }
        // Outside the lock: this may block on a slow file system, and the other thread must not wait for it.
        let resolved = try resolve(path, flags: Open.directoryHandle)
        cache.withLock { $0.insert(path, resolved, resolvedIn: generation) }
        return resolved
    }

    /// The directory that holds `path`: what comes before `slash` in it. For every item of a tree, so a remembered
    /// directory costs no allocation.
    func directory(above path: RelativePath, slash: Int) throws(SystemError) -> Descriptor {
        if let found = cache.withLock({ $0.find(path.bytes, upTo: slash) }) { return found }
        guard let parent = path.parent else { return root }
        return try directory(parent)
    }

    /// A descriptor of its own, never a remembered one, opened with `flags`.
    func resolve(_ path: RelativePath, flags: Int32) throws(SystemError) -> Descriptor {
        if path.isRoot { return try System.open(root, .itself, flags: flags) }
        if let links { return try follow(path, within: links, flags: flags) }
        guard method == .kernel, !kernelRefuses.load(ordering: .relaxed) else { return try walk(path, flags: flags) }
        let name = SystemName(anything: path.bytes)
        for _ in 0..<Self.kernelAttempts {
            do throws(SystemError) {
                return try System.openBeneath(root, name, flags: flags)
            } catch {
                if error == .wouldBlock { continue }
                // ELOOP and EXDEV are how the kernel says that a symlink lies in the way.
                if error == .loop || error == .crossDevice { throw .notDirectory }
                guard error.mayMeanMissingCall else { throw error }
                let walked = try walk(path, flags: flags)
                kernelRefuses.store(true, ordering: .relaxed)
                return walked
            }
        }
        return try walk(path, flags: flags)
    }

    private func walk(_ path: RelativePath, flags: Int32) throws(SystemError) -> Descriptor {
        var current = root
        let components = path.components
        for (index, component) in components.enumerated() {
            let isLast = index == components.count - 1
            do throws(SystemError) {
                current = try System.open(
                    current, SystemName(component: component), flags: isLast ? flags : Open.directoryHandle)
            } catch {
                throw error == .loop ? .notDirectory : error
            }
        }
        return current
    }

    /// Forgets `path` and everything below it.
    func forget(_ path: RelativePath) {
        cache.withLock { $0.forget(path) }
    }

    /// Few entries, so a linear scan beats a dictionary with a list through it.
    private struct Cache: Sendable {
        struct Entry: Sendable {
            let path: RelativePath
            let directory: Descriptor
            var lastUse: UInt64
            var uses = 0

            func isFor(_ bytes: [UInt8], upTo end: Int) -> Bool {
                guard path.bytes.count == end else { return false }
                let own = path.bytes.span
                let bytes = bytes.span
                // From the end: names differ there, while directories share their start.
                var index = end
                while index > 0 {
                    index -= 1
                    if own[index] != bytes[index] { return false }
                }
                return true
            }
        }

        var entries: [Entry] = []
        /// Where the last hit was: most often the next one is there too.
        var latest = 0
        var clock: UInt64 = 0
        /// Counts the calls of `forget`: what was being resolved while one happened is not remembered.
        var generation: UInt64 = 0

        /// What is remembered for `bytes[..<end]`.
        mutating func find(_ bytes: [UInt8], upTo end: Int) -> Descriptor? {
            var index = latest
            if index >= entries.count || !entries[index].isFor(bytes, upTo: end) {
                guard let other = entries.firstIndex(where: { $0.isFor(bytes, upTo: end) }) else { return nil }
                index = other
            }
            latest = index
            guard entries[index].uses < DirectoryResolver.usesBeforeRenewal else {
                entries.remove(at: index)
                return nil
            }
            clock += 1
            entries[index].uses += 1
            entries[index].lastUse = clock
            return entries[index].directory
        }

        mutating func insert(_ path: RelativePath, _ directory: Descriptor, resolvedIn: UInt64) {
            guard resolvedIn == generation, !entries.contains(where: { $0.path == path }) else { return }
            if entries.count >= DirectoryResolver.capacity,
                let oldest = entries.indices.min(by: { entries[$0].lastUse < entries[$1].lastUse })
            {
                entries.remove(at: oldest)
            }
            clock += 1
            entries.append(Entry(path: path, directory: directory, lastUse: clock))
        }

        mutating func forget(_ path: RelativePath) {
            generation += 1
            if path.isRoot { return entries.removeAll() }
            entries.removeAll { entry in
                entry.path == path
                    || (entry.path.bytes.starts(with: path.bytes) && entry.path.bytes[path.bytes.count] == 0x2f)
            }
        }
    }
}
