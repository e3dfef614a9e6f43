/// A path that cannot leave its root: no leading slash, no `..`, no NUL, no empty component.
///
/// The only kind of path the engine hands to a file tree. Bytes, not text: names need not be UTF-8.
public struct RelativePath: Sendable, Hashable, CustomStringConvertible {
    /// Components joined by single slashes; `.` for the root itself.
    public let bytes: [UInt8]

    /// The tree's root directory.
    public static let root = RelativePath(trusted: [0x2e])

    /// Linux: a path has at most 4095 bytes (MAXPATH of 03-file-list.md less its NUL).
    public static let maximumLength = 4095

    public enum Defect: Error, Sendable, Equatable {
        case absolute, parentReference, embeddedNul, empty, tooLong
    }

    /// Cleans repeated slashes, `.` components and a trailing slash away (FLS-93 check 4) and refuses what could
    /// point outside (checks 2, 3 and 5).
    public init(cleaning raw: [UInt8]) throws(Defect) {
        // Nearly every name is clean already, and then shares its storage.
        bytes = try Self.isClean(raw.span) ? raw : Self.cleaned(raw[...])
    }

    /// As above, for a part of a name.
    public init(cleaning raw: ArraySlice<UInt8>) throws(Defect) {
        try self.init(cleaning: [UInt8](raw))
    }

    /// One pass, since this is done for every entry of a file list. False is no refusal yet.
    private static func isClean(_ raw: Span<UInt8>) throws(Defect) -> Bool {
        guard raw.count <= maximumLength else { throw .tooLong }
        var componentStart = 0
        for index in 0..<raw.count {
            let byte = raw[index]
            if byte == 0 { return false }
            guard byte == 0x2f else { continue }
            if !isName(raw, from: componentStart, to: index) { return false }
            componentStart = index + 1
        }
        return isName(raw, from: componentStart, to: raw.count)
    }

    /// Neither empty nor `.` nor `..`.
    private static func isName(_ raw: Span<UInt8>, from start: Int, to end: Int) -> Bool {
        if end - start > 2 { return true }
        if end == start || (end - start == 1 && raw[start] == 0x2e) { return false }
        return end - start == 1 || raw[start] != 0x2e || raw[start + 1] != 0x2e
    }

    private static func cleaned(_ raw: ArraySlice<UInt8>) throws(Defect) -> [UInt8] {
        guard let first = raw.first else { throw .empty }
        guard first != 0x2f else { throw .absolute }
        var cleaned: [UInt8] = []
        cleaned.reserveCapacity(raw.count)
        for component in raw.split(separator: 0x2f) {
            if component.elementsEqual([0x2e]) { continue }
            guard !component.elementsEqual([0x2e, 0x2e]) else { throw .parentReference }
            if !cleaned.isEmpty { cleaned.append(0x2f) }
            cleaned.append(contentsOf: component)
        }
        guard !cleaned.contains(0) else { throw .embeddedNul }
        return cleaned.isEmpty ? [0x2e] : cleaned
    }

    /// For names that have been checked already.
    private init(trusted bytes: [UInt8]) { self.bytes = bytes }

    @inlinable public var isRoot: Bool { bytes.count == 1 && bytes[0] == 0x2e }

    /// Index of the last slash; -1 when there is none.
    public var lastSlash: Int {
        let bytes = bytes.span
        var index = bytes.count - 1
        while index >= 0, bytes[index] != 0x2f { index -= 1 }
        return index
    }

    /// The directory that holds this item; nil for the root.
    public var parent: RelativePath? {
        if isRoot { return nil }
        guard let slash = bytes.lastIndex(of: 0x2f) else { return .root }
        return RelativePath(trusted: [UInt8](bytes[..<slash]))
    }

    /// The last component; `.` for the root.
    public var lastComponent: [UInt8] {
        guard let slash = bytes.lastIndex(of: 0x2f) else { return bytes }
        return [UInt8](bytes[(slash + 1)...])
    }

    public var components: [ArraySlice<UInt8>] { isRoot ? [] : bytes.split(separator: 0x2f) }

    /// One component below. Refuses anything but a plain name.
    public func appending(_ component: [UInt8]) throws(Defect) -> RelativePath {
        if component.count < 3, component.allSatisfy({ $0 == 0x2e }) {
            throw component.count == 2 ? .parentReference : .empty
        }
        for byte in component where byte == 0x2f || byte == 0 { throw byte == 0 ? .embeddedNul : .absolute }
        if isRoot {
            guard component.count <= Self.maximumLength else { throw .tooLong }
            return RelativePath(trusted: component)
        }
        return try joined(component)
    }

    /// The path `other` below this one.
    public func appending(_ other: RelativePath) throws(Defect) -> RelativePath {
        if other.isRoot { return self }
        if isRoot { return other }
        return try joined(other.bytes)
    }

    /// For every item of every directory: one allocation.
    private func joined(_ rest: [UInt8]) throws(Defect) -> RelativePath {
        let count = bytes.count + 1 + rest.count
        guard count <= Self.maximumLength else { throw .tooLong }
        var joined: [UInt8] = []
        joined.reserveCapacity(count)
        joined.append(contentsOf: bytes)
        joined.append(0x2f)
        joined.append(contentsOf: rest)
        return RelativePath(trusted: joined)
    }

    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
