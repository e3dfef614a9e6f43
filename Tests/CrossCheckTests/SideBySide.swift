import Glibc
import PeerKit
import Testing

/// One script run with stock rsync as `$RSYNC` and then with ours; `$STOCK` is stock's both times.
enum SideBySide {
    /// A line of the output that begins with `said: ` may be missing from stock's.
    static func compare(_ script: String, expecting status: String, _ sourceLocation: SourceLocation) throws {
        let stock = try #require(PeerCatalogue.stock(), "there is no stock rsync to compare with")
        let expected = try outcome(script, with: stock.executable, stock.executable)
        #expect(expected.contains(status), "\(expected)", sourceLocation: sourceLocation)
        let found = try outcome(script, with: Programs.ebb, stock.executable)
        // A directory's time is tried once more at the end, and stock says nothing of that.
        let (ours, theirs) = (lines(found), lines(expected))
        #expect(said(found).isSuperset(of: said(expected)), "\(found)\nstock:\n\(expected)", sourceLocation: sourceLocation)
        #expect(ours.difference(from: theirs).isEmpty, "\(ours.difference(from: theirs).map { "\($0)" }.joined(separator: "\n"))\nstock:\n\(expected)", sourceLocation: sourceLocation)
    }

    private static func outcome(_ script: String, with program: String, _ stock: String) throws -> String {
        let place = try TemporaryDirectory(prefix: "ebb-beside")
        unsafe chmod(place.path, 0o755)
        let result = try CommandResult(
            [
                "unshare", "-m", "bash", "-uc",
                "cd '\(place.path)'; mkdir job; chmod 777 . job; cd job; ln -s '\(program)' ../rsync; RSYNC=$PWD/../rsync; STOCK='\(stock)'\n" + script,
            ],
            scratch: place.path + "/out", environment: ["LC_ALL": "C.UTF-8"])
        return result.output + result.errors
    }

    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n").filter { !$0.hasPrefix("said: ") } }
    private static func said(_ text: String) -> Set<Substring> { Set(text.split(separator: "\n").filter { $0.hasPrefix("said: ") }) }
}
