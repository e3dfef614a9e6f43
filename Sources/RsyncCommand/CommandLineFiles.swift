import RsyncEngine
import RsyncFilter
import RsyncHost

/// Gives the content of a file that an option names: its path, and whether it holds includes.
public typealias RuleFileReader = ([UInt8], Bool) throws(SessionError) -> [UInt8]

/// Rule files that the operator's words name: on the command line, above the transfer and at home (FLT-28, FLT-38, FLT-43).
/// Where the words lead into one directory only, such files lie there too, and there is no home (FLT-90).
struct CommandLineFiles: FilterFileReader, Sendable {
    let places: Places

    var cvsIgnoreVariable: [UInt8]? {
        guard case .machine = places else { return nil }
        return SystemWords.variable("CVSIGNORE").map { [UInt8]($0.utf8) }
    }

    func contents(of location: FilterFileLocation) -> [UInt8]? {
        switch location {
        case .fromCommandLine(let name):
            guard case .machine(let rules) = places else { return (try? places.contents(of: name)) ?? nil }
            return try? SystemWords.contents(of: name, rules).get()
        case .absolute(let path): return regular(path)
        case .inHome(let name):
            guard case .machine = places, let home = SystemWords.variable("HOME"), !home.isEmpty else { return nil }
            return regular([UInt8](home.utf8) + [UInt8(ascii: "/")] + name)
        case .inTransfer: return nil
        }
    }

    func shownPath(of location: FilterFileLocation) -> [UInt8]? {
        guard case .inHome(let name) = location, case .machine = places, let home = SystemWords.variable("HOME"), !home.isEmpty
        else { return nil }
        return [UInt8](home.utf8) + [UInt8(ascii: "/")] + name
    }

    func problem(with location: FilterFileLocation) -> String? {
        guard case .fromCommandLine(let name) = location, case .machine(let rules) = places,
            case .failure(let failure) = SystemWords.contents(of: name, rules)
        else { return nil }
        return SystemWords.text(failure.number)
    }

    private func regular(_ path: [UInt8]) -> [UInt8]? {
        guard case .machine(let rules) = places else { return (try? places.contents(of: path)) ?? nil }
        return SystemWords.contents(ofRegularFile: path, rules)
    }
}

extension Places {
    /// As the rules with modifier `/` see it (FLT-50).
    func absolutePath(_ path: [UInt8]) -> [UInt8] {
        if case .machine = self { return SystemWords.absolutePath(path, from: SystemWords.currentDirectory()) }
        return SystemWords.absolutePath(path, from: [])
    }
}
