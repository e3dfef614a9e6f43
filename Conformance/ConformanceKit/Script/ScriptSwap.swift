import Glibc
import Synchronization

/// What a local user does to the target's tree between two steps.
///
/// `{"path": "dir", "with": {"symlink": "../outside"}}`: what is at the path is moved aside, and this stands in its place:
/// `{"symlink": "target"}`, `{"file": "text"}`, `{"dir": true}`, `{"fifo": true}`, or null for nothing.
/// `{"path": "a", "exchange": "b"}` exchanges two. The path `.` is the tree's root.
enum ScriptSwap {
    /// What was taken out so far, so that nothing is put where something is.
    private static let count = Atomic<Int>(0)

    static func perform(_ value: JSONValue, root: String?, aside: String?) throws(ScriptMistake) {
        guard let root else { throw ScriptMistake("there is no tree to change something in") }
        guard let path = value["path"] else { throw ScriptMistake("swap has a path") }
        let name = try path.text()
        let place = name == "." ? root : root + "/" + name
        if let other = value["exchange"] {
            let partner = root + "/" + (try other.text())
            let middle = place + ".swapping"
            guard move(place, middle), move(partner, place), move(middle, partner) else {
                throw ScriptMistake("\(place) cannot be exchanged: errno \(errno)")
            }
            return
        }
        // Aside means out of the tree, beside it, where nothing of the target's looks.
        let number = count.add(1, ordering: .relaxed).newValue
        let gone = (aside ?? root) + ".swapped.\(number)"
        if !move(place, gone), errno != ENOENT { throw ScriptMistake("\(place) cannot be moved: errno \(errno)") }
        guard let with = value["with"], with != .null else { return }
        try make(with, at: place)
    }

    private static func move(_ from: String, _ to: String) -> Bool { unsafe rename(from, to) == 0 }

    private static func make(_ item: JSONValue, at place: String) throws(ScriptMistake) {
        let result: Int32
        if let target = item["symlink"] {
            result = unsafe symlink(try target.text(), place)
        } else if let content = item["file"] {
            let bytes = try content.contents()
            let descriptor = unsafe open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw ScriptMistake("\(place) cannot be made: errno \(errno)") }
            defer { close(descriptor) }
            let count = unsafe bytes.withUnsafeBytes { buffer in unsafe write(descriptor, buffer.baseAddress, buffer.count) }
            result = count == bytes.count ? 0 : -1
        } else if item["dir"] != nil {
            result = unsafe mkdir(place, 0o755)
        } else if item["fifo"] != nil {
            result = unsafe mkfifo(place, 0o644)
        } else {
            throw ScriptMistake("there is no way to make \(item)")
        }
        guard result == 0 else { throw ScriptMistake("\(place) cannot be made: errno \(errno)") }
    }
}
