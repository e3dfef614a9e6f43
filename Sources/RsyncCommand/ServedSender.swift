import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol

/// The sending server without a process of its own: for whoever has the connection already and has checked the words.
public struct ServedSender {
    private let arguments: ParsedArguments
    private let options: TransferOptions
    private let sources: [[UInt8]]

    /// - Parameters:
    ///   - words: as behind `rsync` on a server's command line: `--server --sender … . ROOT…`. What the engine cannot do
    ///     is refused by name.
    ///   - rules: come before any that the client sends, and so decide.
    public init(words: [[UInt8]], rules: [FilterArgument]) throws(ServedSenderError) {
        do {
            arguments = try ParsedArguments(parsing: words, environment: ArgumentEnvironment())
            guard arguments.isServer, arguments.isSender, !arguments.secludedArguments,
                case .sending(let directory, let sources) = try ServerPaths(arguments)
            else { throw ArgumentError("these are not the words of a sending server", exitCode: 1) }
            guard directory == nil || directory == [UInt8(ascii: ".")] else {
                throw ArgumentError("a start directory other than \".\"", exitCode: 1)
            }
            self.sources = sources
            var options = try TransferOptions(arguments, isLocal: false, readFile: RsyncProgram.fileReader(arguments))
            for rule in rules {
                switch rule {
                case .exclude(let pattern): try options.filters.add(exclude: pattern)
                case .include(let pattern): try options.filters.add(include: pattern)
                case .rule(let text): try options.filters.add(parsing: text)
                case .excludeFrom, .includeFrom, .nulTerminated:
                    throw ArgumentError("rules from a file", exitCode: 1)
                case .told: break
                }
            }
            self.options = options
        } catch let error as ArgumentError {
            throw ServedSenderError(exitCode: error.exitCode, text: error.text)
        } catch let error as SessionError {
            throw ServedSenderError(exitCode: error.exitCode, text: error.sentence)
        } catch {
            throw ServedSenderError(exitCode: 1, text: "\(error)")
        }
    }

    /// Serves one session, to its end. Errors go to standard error; the result says how it ended.
    public func run(over stream: any ByteStream) -> SessionResult {
        let session = Session(
            configuration: SessionConfiguration(
                isServer: true, isSender: true, version: .newest,
                capabilities: Capabilities(optionValue: arguments.capabilities),
                seed: arguments.checksumSeed != 0 ? arguments.checksumSeed : SystemWords.seed()),
            options: options, stream: stream, observer: ServerObserver(), environment: .current(ruleFiles: nil))
        let opened = SourceOpener(
            relative: options.relative, fakeSuper: false, ignoresMissing: arguments.ignoresMissing,
            links: options.followsLinks ? .confined : .none, report: { session.complain($0) }
        ).open(sources)
        return session.runSender(opened)
    }

    /// Units of 1024 bytes per second, 0 = no limit, as the words have it: whoever made the stream sees to it.
    public var bandwidthLimit: Int32 { arguments.bandwidthLimit }

    /// Seconds, 0 = none, as the words have it.
    public var timeout: Int32 { arguments.timeout }
}

/// Why nothing can be served; nothing has been read or sent.
public struct ServedSenderError: Error, Sendable, Equatable {
    public let exitCode: Int32
    public let text: String
}
