import RsyncDigest
import RsyncWire

/// Makes the sums that `--checksum` compares (XFR-135), with one buffer for all files.
struct FileSummer {
    /// What `sum` made last.
    private(set) var digest: [UInt8]
    private var buffer: [UInt8] = []
    /// List sums are never seeded.
    private let hasher: BlockHasher

    /// The sum of a file says nothing about it (SES-70).
    var comparesNothing: Bool { hasher.variant == .none }

    init(_ variant: ChecksumVariant) {
        hasher = BlockHasher(variant: variant, seed: 0)
        digest = [UInt8](repeating: 0, count: hasher.digestLength)
    }

    /// What stands in the list for a file that cannot be read.
    mutating func clear() { digest = [UInt8](repeating: 0, count: hasher.digestLength) }

    /// Makes the sum of a file's first `length` bytes, which is all of it as it was just examined.
    /// - Returns: false when they cannot be read; `digest` then says nothing.
    mutating func sum(
        _ path: RelativePath, in tree: any SourceTree, length: Int64, _ alive: KeepAlive
    ) throws(SessionError) -> Bool {
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: 256 * 1024) }
        guard length <= Int64(buffer.count) else { return try sumOfPieces(path, in: tree, length: length, alive) }
        guard let count = try? tree.readExamined(path, into: &buffer, count: Int(length)) else { return false }
        hasher.sum(of: buffer, 0..<count, into: &digest)
        try alive.tick()
        return true
    }

    private mutating func sumOfPieces(
        _ path: RelativePath, in tree: any SourceTree, length: Int64, _ alive: KeepAlive
    ) throws(SessionError) -> Bool {
        guard let file = try? tree.open(path) else { return false }
        defer { file.close() }
        var running = FileHasher.listSum(hasher.variant)
        var position: Int64 = 0
        while position < length {
            let wanted = Int(min(Int64(buffer.count), length - position))
            guard let count = try? file.read(into: &buffer, at: 0, count: wanted, position: position) else { return false }
            if count == 0 { break }
            running.update(buffer, 0..<count)
            try alive.tick()
            position += Int64(count)
        }
        digest = running.finish()
        return true
    }
}
