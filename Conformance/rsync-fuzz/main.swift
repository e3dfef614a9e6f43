import CConform
import FuzzKit
import Glibc
import TraceKit

// rsync-fuzz TARGET [libFuzzer's arguments]   fuzzes, where it was built for that (CI/fuzz); else runs the inputs named
// rsync-fuzz corpus DIRECTORY TRACE…          makes inputs of recorded sessions, a directory for each target
// rsync-fuzz targets                          lists them

func fail(_ text: String, _ status: Int32 = 1) -> Never {
    let bytes = [UInt8]("rsync-fuzz: \(text)\n".utf8)
    _ = unsafe write(2, bytes, bytes.count)
    exit(status)
}

/// Chosen once, before any input.
nonisolated(unsafe) var chosen = FuzzTarget.fileList

func corpus(_ directory: String, _ files: [String]) throws {
    var inputs: [(target: FuzzTarget, input: [UInt8])] = FuzzCorpus.texts.map { ($0.target, Array($0.input.utf8)) }
    for file in files {
        let bytes = try FileBytes.read(file)
        inputs.append((.traces, bytes))
        inputs += FuzzCorpus.inputs(of: try Trace(text: bytes))
    }
    _ = mkdir(directory, 0o777)
    for (number, entry) in inputs.enumerated() {
        let place = "\(directory)/\(entry.target.rawValue)"
        _ = mkdir(place, 0o777)
        try FileBytes.write(entry.input, to: "\(place)/seed-\(number)")
    }
    print("\(inputs.count) inputs in \(directory)")
}

let words = CommandLine.arguments.dropFirst()
do {
    switch words.first {
    case "targets": print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
    case "corpus":
        guard let directory = words.dropFirst().first else { fail("corpus DIRECTORY TRACE…") }
        try corpus(directory, Array(words.dropFirst(2)))
    case let name?:
        guard let target = FuzzTarget(rawValue: name) else { fail("there is no target \(name); see `rsync-fuzz targets`") }
        unsafe chosen = target
        if conform_can_fuzz() != 0 {
            var argv: [UnsafeMutablePointer<CChar>?] = unsafe (["rsync-fuzz"] + words.dropFirst()).map { unsafe strdup($0) } + [nil]
            exit(
                unsafe conform_fuzz(Int32(argv.count - 1), &argv) { data, size in
                    let input = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
                    unsafe chosen.run(input)
                    return 0
                })
        }
        for file in words.dropFirst() {
            target.run(try FileBytes.read(file))
            print("\(file): ended")
        }
    case nil: fail("TARGET, corpus or targets is missing")
    }
} catch {
    fail("\(error)")
}
