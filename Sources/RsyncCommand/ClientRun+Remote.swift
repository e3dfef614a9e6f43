import RsyncEngine
import RsyncFilter
import RsyncHost
import RsyncOptions
import RsyncProtocol

// Over a remote shell: the command that is started, and the session with it.

extension ClientRun {
    func push(_ sources: [[UInt8]], _ destination: HostSpecification) throws -> Int32 {
        let (child, capabilities) = try connect(
            user: destination.user, host: destination.host, role: .sender, paths: [destination.path])
        let console = Console(arguments, isSender: true, isRemote: true, log: log, events: events)
        let session = try makeSession(child.stream, console, isSender: true, capabilities)
        let result: SessionResult
        if case .remote = arguments.filesFrom {
            let opener = try sourceOpener(from: sources)
            let forwarded = ForwardedNames(arguments, names)
            result = session.runSender(namesFromPeer: { opener.open(names: forwarded.local($0)) })
        } else {
            let opened = try openSources(sources)
            result = session.runSender(opened)
        }
        return finish(result, console, role: "sender", child)
    }

    func pull(
        _ user: [UInt8]?, _ host: [UInt8], _ paths: [[UInt8]], _ destination: [UInt8]?
    ) throws -> Int32 {
        let (child, capabilities) = try connect(user: user, host: host, role: .receiver, paths: paths)
        let console = Console(arguments, isSender: false, isRemote: true, log: log, events: events)
        let session = try makeSession(child.stream, console, isSender: false, capabilities)
        let result = session.runReceiver(
            localDestination(destination), requested: requestedNames(paths),
            names: nameFile.map { ForwardedNames(arguments, names).wireForm($0) })
        return finish(result, console, role: "receiver", child)
    }

    /// ARG-37.
    private func requestedNames(_ paths: [[UInt8]]) -> RequestedNames? {
        guard arguments.checksNames else { return nil }
        // What the server makes of a name that climbs is what was asked for.
        let names =
            nameFile.map {
                NameList.forwarded($0, nulTerminated: arguments.nulTerminated)
                    .map { NameList.confined($0, relative: options.relative) }
            }
            ?? paths.map { $0.isEmpty ? Array(".".utf8) : $0 }
        return RequestedNames(
            arguments: names,
            options: RequestedNames.Options(
                relative: options.relative, recursive: options.recursive, directories: options.listDirectories),
            takesNotes: arguments.debug[.filter] > 2)
    }

    private func connect(
        user: [UInt8]?, host: [UInt8], role: ServerArguments.Role, paths: [[UInt8]]
    ) throws -> (ChildProcess, Capabilities) {
        let version = try RsyncProgram.ownVersion(arguments)
        let offered = Array(
            Capabilities.offered(
                incremental: ServerArguments.asksForIncrementalRecursion(arguments, role: role)
            ).utf8)
        let capabilities = version.offersCapabilities ? offered : []
        let server = try ServerArguments.compose(arguments, role: role, capabilities: capabilities, paths: paths)
        let command = try RemoteShell.command(arguments, user: user, host: host, server: server.commandLine)
        if arguments.debug[.cmd] > 1 { sayParts(command, user: user, host: host, path: paths.first ?? []) }
        if arguments.debug[.cmd] > 0 { sayCommand(command) }
        let child: ChildProcess
        do throws(StreamSetupError) {
            child = try ChildProcess(
                arguments: command, timeoutSeconds: arguments.timeout, interruption: interruption)
        } catch {
            throw SessionError(
                exitCode: 14,
                "rsync: [\(role == .sender ? "sender" : "Receiver")] Failed to exec \(command.first ?? []): \(SystemWords.text(error.errno))")
        }
        RsyncProgram.limit(child.stream, arguments, secondsLeft)
        if let words = server.secluded {
            // ARG-41; what cannot be converted goes as it is.
            let bytes = SecludedArguments.encode(words.map { names?.toWire($0) ?? $0 })
            // One that does not want them shows it by not answering.
            try? child.stream.write(bytes, 0..<bytes.count)
        }
        try CopyAs.become(arguments.copyAs)
        return (child, Capabilities(optionValue: capabilities))
    }
}
