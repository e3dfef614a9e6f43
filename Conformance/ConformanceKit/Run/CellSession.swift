import CConform
import Glibc
import RsyncEngine
import Synchronization
import TraceKit

/// One session between the target and its peer, with the suite in the middle: starts both, passes and records every
/// byte, and sees how they end. One thread, one poll; only a peer made of data has a second.
final class CellSession {
    let plan: CellPlan
    private(set) var seen = Observation()

    private let begun = ContinuousClock.now
    private let deadline: ContinuousClock.Instant
    private var listener: ShellListener?
    private var toTarget: Lane?
    private var toPeer: Lane?
    private var target: RunningProcess?
    private var peer: RunningProcess?
    private var script: ScriptThread?
    private var captures: [Capture] = []
    private var input: InputFeed?
    private var targetEnded: ContinuousClock.Instant?
    private var isOver = false

    /// How long a peer may take to end after the target, and a pipe to reach its end after its process.
    static let grace = 5.0
    /// What is kept of a session.
    static let recordingLimit = 64 << 20

    init(_ plan: CellPlan) {
        self.plan = plan
        deadline = begun + .seconds(plan.seconds)
        seen.targetDirection = plan.isTargetServer ? .toClient : .toServer
        seen.serverArguments = plan.request.map { ShellWords.arguments($0) } ?? plan.serverArguments
    }

    func run() -> Observation {
        do {
            try start()
            while !isOver { try turn() }
        } catch {
            seen.trouble = "\(error)"
        }
        finish()
        return seen
    }

    // MARK: Starting

    private func start() throws {
        if plan.hasClientProcess { listener = try ShellListener(plan.shellDirectory) }
        if !plan.isTargetServer {
            target = try startClient(plan.target, isTarget: true)
        } else if case .process(let launch) = plan.peer {
            peer = try startClient(launch, isTarget: false)
        } else {
            let (near, far) = try startServer(plan.target, plan.serverArguments, line: plan.request, isTarget: true)
            try connectScript(toTarget: near, fromTarget: far)
        }
    }

    private func startClient(_ launch: Launch, isTarget: Bool) throws -> RunningProcess {
        guard let null = NullDevice.open() else { throw Pipes.Failure(errno: errno) }
        let nullHeld = Held(null)
        var stdin = nullHeld
        if isTarget, !plan.input.isEmpty {
            let pipe = try Pipes.make()
            stdin = Held(pipe.read)
            input = InputFeed(plan.input, pipe.write)
        }
        let output = try Pipes.make(), errors = try Pipes.make()
        let ends = [Held(output.write), Held(errors.write)]
        captures.append(Capture(output.read, isTarget ? .targetOutput : .peerOutput))
        captures.append(Capture(errors.read, isTarget ? .targetErrors : .peerErrors))
        defer { withExtendedLifetime((ends, nullHeld, stdin)) {} }
        return try launch.start(input: stdin.descriptor, output: ends[0].descriptor, errors: ends[1].descriptor)
    }

    /// The suite's ends of the server's input and output.
    private func startServer(
        _ launch: Launch, _ arguments: [[UInt8]], line: [UInt8]?, isTarget: Bool
    ) throws -> (input: Int32, output: Int32) {
        var launch = launch
        if plan.isForced, isTarget {
            let request = line ?? ShellWords.line([Array("rsync".utf8)] + arguments)
            launch.environment.append(("SSH_ORIGINAL_COMMAND", request))
        } else if let line {
            launch.words = ShellWords.command(launch.words, line)
        } else {
            launch.words += arguments
        }
        if let carrier = plan.carrier { launch = carrier.carried(launch) }
        let input = try Pipes.make(capacity: plan.stream.pipe), output = try Pipes.make(capacity: plan.stream.pipe)
        let ours = (Held(input.write), Held(output.read)), theirs = [Held(input.read), Held(output.write)]
        let errors = try Pipes.make()
        let errorsEnd = Held(errors.write)
        captures.append(Capture(errors.read, isTarget ? .targetErrors : .peerErrors))
        defer { withExtendedLifetime((theirs, errorsEnd)) {} }
        let process = try launch.start(
            input: theirs[0].descriptor, output: theirs[1].descriptor, errors: errorsEnd.descriptor)
        if isTarget { target = process } else { peer = process }
        return (ours.0.release(), ours.1.release())
    }

    private func connectScript(toTarget: Int32, fromTarget: Int32) throws {
        guard case .scripted(let scripted, var context) = plan.peer else {
            // Nobody there: what reads gets an end at once, and what is said is still recorded.
            let pipes = try (Pipes.make(), Pipes.make())
            close(pipes.0.write)
            connect(toTarget, fromTarget, peerInput: pipes.1.write, peerOutput: pipes.0.read)
            captures.append(Capture(pipes.1.read, .nobody))
            return
        }
        let ends = try Pipes.localPair()
        context.arguments = seen.serverArguments
        context.deadline = deadline
        connect(toTarget, fromTarget, peerInput: ends.near, peerOutput: dup(ends.near))
        script = try ScriptThread(scripted, context, ends.far)
    }

    private func connect(_ targetInput: Int32, _ targetOutput: Int32, peerInput: Int32, peerOutput: Int32) {
        let isServer = plan.isTargetServer
        var forth = Lane(from: peerOutput, to: targetInput, isServer ? .toServer : .toClient)
        var back = Lane(from: targetOutput, to: peerInput, isServer ? .toClient : .toServer)
        let stream = plan.stream
        forth.chunk = stream.chunk
        back.chunk = stream.chunk
        func change(_ lane: StreamFaults.Lane, _ body: (inout Lane) -> Void) {
            if lane == .target { body(&forth) } else { body(&back) }
        }
        if let flip = stream.flip { change(flip.lane) { $0.flip = (flip.at, flip.bit) } }
        if let stall = stream.stall { change(stall.lane) { $0.stall = (stall.at, stall.seconds) } }
        if let slow = stream.slow { change(slow.lane) { $0.bytesPerSecond = slow.bytesPerSecond } }
        if let cut = plan.cut { change(cut.lane) { $0.cut = cut.at } }
        toTarget = forth
        toPeer = back
    }

    /// A client has called its remote shell.
    private func accept(_ call: ShellListener.Call) throws {
        let call = (shell: ShellCall(call.words, program: plan.program), input: call.input, output: call.output)
        seen.shellCall = call.shell
        let line = call.shell.line
        seen.serverArguments = ShellWords.arguments(line)
        if plan.isTargetServer {
            let server = try startServer(plan.target, [], line: line, isTarget: true)
            connect(server.input, server.output, peerInput: call.output, peerOutput: call.input)
        } else if case .process(let launch) = plan.peer {
            let server = try startServer(launch, [], line: line, isTarget: false)
            connect(call.output, call.input, peerInput: server.input, peerOutput: server.output)
        } else {
            try connectScript(toTarget: call.output, fromTarget: call.input)
        }
    }

    // MARK: Passing bytes

    /// What one polled descriptor is about.
    private enum Matter { case lane(toTarget: Bool), call, input, script, capture(Int), process }

    private func turn() throws {
        var now = ContinuousClock.now
        var polled: [pollfd] = []
        var matters: [Matter] = []
        var limit = isPastDeadline ? now + .seconds(Self.grace) : deadline
        func add(_ descriptor: Int32, _ events: Int32, _ matter: Matter) {
            polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
            matters.append(matter)
        }
        for (isToTarget, want) in [(true, toTarget?.want(now)), (false, toPeer?.want(now))] {
            switch want {
            case .read(let descriptor): add(descriptor, POLLIN, .lane(toTarget: isToTarget))
            case .write(let descriptor): add(descriptor, POLLOUT, .lane(toTarget: isToTarget))
            case .pause(let until): limit = min(limit, until)
            case .nothing, nil: break
            }
        }
        if let descriptor = listener?.waiting { add(descriptor, POLLIN, .call) }
        if let descriptor = input?.waiting { add(descriptor, POLLOUT, .input) }
        if let script, script.outcome == nil { add(script.ended, POLLIN, .script) }
        for (index, capture) in captures.enumerated() where capture.pipe.isOpen {
            add(capture.pipe.descriptor, POLLIN, .capture(index))
        }
        for process in [target, peer].compactMap(\.self) where process.outcome == nil { add(process.watch, POLLIN, .process) }
        if let targetEnded { limit = min(limit, targetEnded + .seconds(Self.grace)) }
        let milliseconds = ((limit - now) / .milliseconds(1)).rounded(.up)
        _ = unsafe poll(&polled, nfds_t(polled.count), Int32(max(0, min(milliseconds, 60_000))))
        now = ContinuousClock.now
        for (entry, matter) in zip(polled, matters) where entry.revents != 0 { try attend(matter, now) }
        try settle(now)
    }

    private func attend(_ matter: Matter, _ now: ContinuousClock.Instant) throws {
        switch matter {
        case .lane(true): toTarget?.step(now) { keep($0, seen.targetDirection.opposite) }
        case .lane(false): toPeer?.step(now) { keep($0, seen.targetDirection) }
        case .call: if let call = try listener?.step() { try accept(call) }
        case .input: input?.step()
        case .script: script?.collect()
        case .capture(let index): captures[index].step()
        case .process: break
        }
    }

    private var isPastDeadline = false

    private func settle(_ now: ContinuousClock.Instant) throws {
        if toTarget?.isCut == true || toPeer?.isCut == true { endLanes() }
        if target?.collect() == true, targetEnded == nil { targetEnded = now }
        _ = peer?.collect()
        // A server that has ended and whose last words are through: its remote shell ends as it did.
        if let status = serverStatus, lastLane?.isClosed != false { listener?.answer(status) }
        if let targetEnded {
            let isDone = peerHasEnded && captures.allSatisfy { !$0.pipe.isOpen }
            isOver = isDone || now >= targetEnded + .seconds(Self.grace)
        } else if now >= deadline, !isPastDeadline {
            isPastDeadline = true
            seen.target = nil
            targetEnded = now
            target?.kill()
            endLanes()
        } else if target == nil, peer?.outcome != nil {
            throw CellTrouble("the peer ended before it called the target: \(lastLine(.peerErrors))")
        }
    }

    private func endLanes() {
        toTarget?.end()
        toPeer?.end()
    }

    private func keep(_ bytes: ArraySlice<UInt8>, _ direction: Trace.Direction) {
        guard kept + bytes.count <= Self.recordingLimit else {
            seen.isTruncated = true
            return
        }
        kept += bytes.count
        seen.recording.append(bytes, direction)
    }

    private var kept = 0

    private var peerHasEnded: Bool { (peer?.outcome != nil || peer == nil) && (script?.outcome != nil || script == nil) }

    /// The lane that carries what the server says.
    private var lastLane: Lane? { plan.isTargetServer ? toPeer : toTarget }

    private var serverStatus: UInt8? {
        let server = plan.isTargetServer ? target : peer
        if let server { return server.outcome.map { outcome in
            if case .exited(let status) = outcome { UInt8(clamping: status) } else { 255 }
        } }
        return script?.outcome == nil && script != nil ? nil : toTarget == nil ? nil : 0
    }

    // MARK: Ending

    private func finish() {
        endLanes()
        listener?.close()
        // What was said before the end and not read yet.
        for index in captures.indices { captures[index].step() }
        if let target {
            seen.target = isPastDeadline ? nil : target.outcome
            seen.targetPeakKibibytes = target.peakKibibytes
            if target.outcome != nil, !isPastDeadline {
                // What has been told to end may take a moment to be gone.
                for _ in 0..<100 where target.hasLeftOvers { usleep(10_000) }
                seen.leftOver = target.hasLeftOvers
            }
            target.kill()
        }
        if let script {
            script.join()
            if let outcome = script.outcome { seen.peer = .script(outcome) }
        } else if let peer {
            if peer.collect(), let outcome = peer.outcome { seen.peer = .process(outcome) } else { seen.peer = .killed }
            peer.kill()
        }
        for index in captures.indices { captures[index].step() }
        seen.targetErrors = bytes(.targetErrors)
        seen.targetOutput = bytes(.targetOutput)
        seen.peerErrors = bytes(.peerErrors)
        seen.seconds = (ContinuousClock.now - begun) / .seconds(1)
    }

    private func bytes(_ kind: Capture.Kind) -> [UInt8] { captures.first { $0.kind == kind }?.bytes ?? [] }

    private func lastLine(_ kind: Capture.Kind) -> String {
        bytes(kind).split(separator: 0x0a).last.map { String(decoding: $0, as: UTF8.self) } ?? "nothing said"
    }
}

/// What went wrong on the suite's side.
struct CellTrouble: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
