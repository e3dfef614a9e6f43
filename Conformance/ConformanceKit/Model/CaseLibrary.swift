import Glibc
import PeerKit
import TraceKit

/// All cases of a suite's directory, in the order of their ids.
public struct CaseLibrary: Sendable {
    /// The directory that holds `Cases`, `Spec`.
    public let suite: String
    public let cases: [Case]

    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    /// Reads `SUITE/Cases/*/*.json`. All that is wrong in any of them is told at once.
    public init(suite: String) throws(Failure) {
        self.suite = suite
        var cases: [Case] = []
        var defects: [String] = []
        let root = "\(suite)/Cases"
        guard let folders = DirectoryNames.list([UInt8](root.utf8)) else { throw Failure("\(root) cannot be read") }
        // Reasons why clauses have no case are no cases.
        for folder in folders.map({ String(decoding: $0, as: UTF8.self) }) where folder != "unobserved" {
            for name in DirectoryNames.list([UInt8]("\(root)/\(folder)".utf8)) ?? [] {
                let file = String(decoding: name, as: UTF8.self)
                guard file.hasSuffix(".json"), !file.hasPrefix(".") else { continue }
                let id = "\(folder)/\(file.dropLast(5))"
                do {
                    let text = try FileBytes.read("\(root)/\(id).json")
                    do throws(JSONDefect) {
                        cases.append(try Case(id: id, path: "\(id).json", JSONValue(text)))
                    } catch {
                        defects.append(error.place.hasPrefix("line ") ? "\(id).json: \(error)" : "\(error)")
                    }
                } catch {
                    defects.append("\(error)")
                }
            }
        }
        guard defects.isEmpty else { throw Failure(defects.joined(separator: "\n")) }
        self.cases = cases.sorted { ClauseOrder.isBefore($0.id, $1.id) }
    }

    /// `Conformance` of the repository: upwards from the working directory, or else from the executable.
    public static func find() throws(Failure) -> String {
        for start in [Self.workingDirectory(), Self.executableDirectory()].compactMap(\.self) {
            var directory = start
            while !directory.isEmpty {
                for candidate in ["\(directory)/Conformance", directory]
                where unsafe access("\(candidate)/Cases", R_OK) == 0 && access("\(candidate)/Spec", R_OK) == 0 {
                    return candidate
                }
                directory = String(directory[..<(directory.lastIndex(of: "/") ?? directory.startIndex)])
            }
        }
        throw Failure("the suite's directory is not found: --suite DIR says where Cases and Spec are")
    }

    static func workingDirectory() -> String? {
        guard let path = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// This program's own file, with symlinks resolved.
    public static var executable: String? {
        guard let path = unsafe realpath("/proc/self/exe", nil) else { return nil }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    private static func executableDirectory() -> String? {
        executable.map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) }
    }
}
