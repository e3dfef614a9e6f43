import PeerKit
import TraceKit

/// The clauses that the wire vectors name: `VECTORS/wire/<structure>/<fact>.vec`, whose head has `clause: XFR-27`.
public enum VectorSubjects {
    /// Every vector below `directory`; none where it cannot be read.
    public static func read(directory: String) throws -> [Coverage.Subject] {
        var subjects: [Coverage.Subject] = []
        for folder in names(directory) {
            for name in names("\(directory)/\(folder)") where name.hasSuffix(".vec") {
                let text = try FileBytes.read("\(directory)/\(folder)/\(name)")
                subjects.append(subject(id: "\(folder)/\(name.dropLast(4))", text: String(decoding: text, as: UTF8.self)))
            }
        }
        return subjects
    }

    /// Pairs on a line stand two or more spaces apart; the bytes come last.
    static func subject(id: String, text: String) -> Coverage.Subject {
        var clauses: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("bytes:") { break }
            guard let key = line.firstRange(of: "clause: ") else { continue }
            let value = line[key.upperBound...]
            let end = value.firstRange(of: "  ")?.lowerBound ?? value.endIndex
            clauses += value[..<end].split { $0 == "," || $0 == " " }.map { String($0) }
        }
        return Coverage.Subject(id: id, clauses: clauses, flags: [])
    }

    private static func names(_ path: String) -> [String] {
        (DirectoryNames.list([UInt8](path.utf8)) ?? []).map { String(decoding: $0, as: UTF8.self) }
    }
}
