import Foundation

@testable import RsyncFilter

/// The vectors of `Vectors/filters/filter-cases.json`; its member `conventions` explains the fields.
struct FilterCases: Decodable {
    struct Option: Decodable {
        var kind: String
        var text: String?
        var file_content: String?
        var merge_file_content: String?
        var name: String?
        var value: String?
    }

    struct Source: Decodable {
        var form: String
        var arg: String
        var list: [String]?
    }

    struct Match: Decodable {
        struct Expectation: Decodable {
            var decision: String?
            var error: String?
            var exit_code: Int32?
        }

        var id: String
        var options: [Option]
        var source: Source
        var source_files: [String: String]?
        var path: String
        var is_dir: Bool
        var expect: Expectation
    }

    struct Delete: Decodable {
        struct Expectation: Decodable { var deleted: Bool }

        var id: String
        var options: [Option]
        var dest_files: [String: String]?
        var path: String
        var is_dir: Bool
        var expect: Expectation
    }

    struct Syntax: Decodable {
        var id: String
        var text: String
        var valid: Bool
    }

    struct Wire: Decodable {
        var id: String
        var `protocol`: Int
        var direction: String
        var options: [String]
        var env: [String: String]?
        var list_sent: Bool?
        var rules: [String]?
        var error: String?
    }

    struct RequestedName: Decodable {
        var id: String
        var source_args: [String]
        var files_from_lines: [String]?
        var options: [String]
        var name: String
        var is_dir: Bool
        var expect: String
    }

    var match_cases: [Match]
    var delete_cases: [Delete]
    var syntax_cases: [Syntax]
    var wire_cases: [Wire]
    var requested_name_cases: [RequestedName]

    static func load() throws -> FilterCases {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/filters/filter-cases.json")
        return try JSONDecoder().decode(FilterCases.self, from: Data(contentsOf: file))
    }
}

/// Rule files in memory, by absolute path; the transfer root is `root`, the home directory `/home`.
struct FilesInMemory: FilterFileReader {
    var root = "/w/src"
    var files: [String: String] = [:]
    var cvsIgnoreVariable: [UInt8]?

    func contents(of location: FilterFileLocation) -> [UInt8]? {
        let path =
            switch location {
            case .fromCommandLine(let name), .absolute(let name): String(decoding: name, as: UTF8.self)
            case .inTransfer(let name): root + "/" + String(decoding: name, as: UTF8.self)
            case .inHome(let name): "/home/" + String(decoding: name, as: UTF8.self)
            }
        return files[path].map { [UInt8]($0) }
    }
}

extension [UInt8] {
    init(_ text: String) { self = Array(text.utf8) }
}

/// A form as the sessions of each protocol use it.
func wireForm(
    _ number: Int, pull: Bool, deletes: Bool = false, prunes: Bool = false
) -> FilterWireForm {
    FilterWireForm(
        clientIsReceiver: pull, hasFullSyntax: number >= 29, hasPerishable: number >= 30,
        isSentWithDeleteExcluded: number >= 29, deletes: deletes, prunesEmptyDirectories: prunes)
}
