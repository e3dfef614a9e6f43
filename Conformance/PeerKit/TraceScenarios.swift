import FoundationEssentials
import RsyncProtocol
import TraceKit

/// `Vectors/traces/scenarios.json`: which sessions are recorded, with which peers, over which protocols.
public struct TraceScenarios: Sendable {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// One trace to be: its place below the vectors, and its head before it has been recorded.
    public struct Plan: Sendable {
        public let path: String
        public let header: TraceHeader
    }

    private struct Document: Decodable {
        let fixed: [String]
        let peers: [PeerLine]
        let scenarios: [Scenario]
    }

    private struct PeerLine: Decodable {
        let name: String
        let client: String?
        let protocols: String
        /// Of all scenarios; nil: every one.
        let only: [String]?
        /// What it has been seen not to be able to do, by scenario.
        let without: [String: String]?
    }

    private struct Scenario: Decodable {
        let name: String
        let about: String
        let options: [String]
        let source: String
        let destination: String?
        let beside: String?
        let protocols: String?
        let peers: [String]?
        let ways: [String]?
        let remove: String?
        let alter: String?
    }

    public let plans: [Plan]

    public init(json: [UInt8]) throws {
        let document = try JSONDecoder().decode(Document.self, from: Data(json))
        var plans: [Plan] = []
        for peer in document.peers {
            guard let dash = peer.name.lastIndex(of: "-") else { throw Failure(description: "\(peer.name) has no version") }
            for scenario in document.scenarios {
                if let only = peer.only, !only.contains(scenario.name) { continue }
                if peer.without?[scenario.name] != nil { continue }
                if let peers = scenario.peers, !peers.contains(peer.name) { continue }
                for way in scenario.ways ?? ["push", "pull"] {
                    guard let role = TraceHeader.Role(rawValue: way) else { throw Failure(description: "no such way: \(way)") }
                    let reach = try Self.range(peer.protocols).clamped(to: Self.range(scenario.protocols ?? "0-99"))
                    for number in reach {
                        let words = scenario.options + ["--protocol=\(number)"] + document.fixed
                        var header = TraceHeader(
                            peer: String(peer.name[..<dash]), version: String(peer.name[dash...].dropFirst()), role: role,
                            protocolNumber: number, arguments: [], options: words.map { [UInt8]($0.utf8) },
                            sourceTree: scenario.source, destinationTree: scenario.destination, isInterleaved: true)
                        header.client = peer.client
                        header.besideTree = scenario.beside
                        if let path = scenario.remove { header.interference = .init(.remove, path) }
                        if let path = scenario.alter { header.interference = .init(.alter, path) }
                        plans.append(Plan(path: RawRecording.vectorPath(header, scenario: "\(way)-\(scenario.name)"), header: header))
                    }
                }
            }
        }
        self.plans = plans
    }

    /// `27-32` or `31`. What does not overlap is empty.
    private static func range(_ text: String) throws -> Range<Int32> {
        let ends = text.split(separator: "-").compactMap { Int32($0) }
        guard let first = ends.first, let last = ends.last, first <= last else { throw Failure(description: "no range: \(text)") }
        return first..<(last + 1)
    }
}
