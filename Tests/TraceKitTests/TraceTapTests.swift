import Foundation
import Testing

@testable import TraceKit

/// The tap between pipes of a client, as a real rsync hands them to its remote shell: non-blocking.
struct TraceTapTests {
    private func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe Glibc.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private func words(_ words: String...) -> [[UInt8]] { words.map { [UInt8]($0.utf8) } }

    private func bytes(_ recording: Trace.Recording, _ direction: Trace.Direction) -> [UInt8] {
        Trace(header: TraceTextTests.header, recording: recording).bytes(direction)
    }

    private func readAll(_ descriptor: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = unsafe read(descriptor, &chunk, chunk.count), count > 0 { all += chunk[..<count] }
        return all
    }

    @Test func passesAndKeepsFullDuplexFlowsThroughNonBlockingPipes() throws {
        let input = pipe(), output = pipe()
        _ = fcntl(input.read, F_SETFL, fcntl(input.read, F_GETFL) | O_NONBLOCK)
        _ = fcntl(output.write, F_SETFL, fcntl(output.write, F_GETFL) | O_NONBLOCK)
        var sent: [UInt8] = []
        while sent.count < 3 << 20 { sent += (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) } }
        let all = sent
        Thread.detachNewThread {
            var rest = all[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { bytes in unsafe write(input.write, bytes.baseAddress!, bytes.count) }
                rest = rest.dropFirst(count)
            }
            close(input.write)
        }
        let received = Received()
        let reading = DispatchGroup()
        reading.enter()
        Thread.detachNewThread {
            received.bytes = readAll(output.read)
            reading.leave()
        }
        let result = try TraceTap.run(words("cat"), input: input.read, output: output.write)
        close(output.write)
        reading.wait()
        #expect(result.outcome == .exited(0))
        #expect(received.bytes == all)
        #expect(bytes(result.recording, .toServer) == all)
        #expect(bytes(result.recording, .toClient) == all)
    }

    @Test func endsAtTheEndOfTheCommandThoughTheClientStaysConnected() throws {
        let input = pipe(), output = pipe()
        let result = try TraceTap.run(words("sh", "-c", "printf out; exit 3"), input: input.read, output: output.write)
        close(output.write)
        #expect(result.outcome == .exited(3))
        #expect(readAll(output.read) == [UInt8]("out".utf8))
        close(input.write)
    }

    @Test func keepsTheOrderAcrossTheDirections() throws {
        let input = pipe(), output = pipe()
        let script = "read a; echo \"1 $a\"; read b; echo \"2 $b\""
        let client = Received()
        let done = DispatchGroup()
        done.enter()
        Thread.detachNewThread {
            for word in ["x\n", "y\n"] {
                let text = [UInt8](word.utf8)
                _ = unsafe write(input.write, text, text.count)
                var line = [UInt8](repeating: 0, count: 64)
                client.bytes += line[..<max(0, unsafe read(output.read, &line, 64))]
            }
            done.leave()
        }
        let result = try TraceTap.run(words("sh", "-c", script), input: input.read, output: output.write)
        done.wait()
        #expect(result.recording.segments.map { String(decoding: $0.bytes, as: UTF8.self) } == ["x\n", "1 x\n", "y\n", "2 y\n"])
        #expect(String(decoding: client.bytes, as: UTF8.self) == "1 x\n2 y\n")
    }

    @Test func reportsASignalAsAShellDoes() throws {
        let input = pipe(), output = pipe()
        let result = try TraceTap.run(words("sh", "-c", "kill -KILL $$"), input: input.read, output: output.write)
        #expect(result.outcome == .signalled(9))
        #expect(result.outcome.shellStatus == 137)
    }

    @Test func readsRoleAndProtocolOffARecording() {
        var recording = Trace.Recording()
        recording.append([31, 0, 0, 0, 1], .toServer)
        recording.append([32, 0, 0, 0, 2], .toClient)
        let guess = SessionGuess(command: words("host", "rsync", "--server", "--sender", "-r", ".", "x"), recording: recording)
        #expect(guess.role == .pull)
        #expect(guess.protocolNumber == 31)
        #expect(guess.arguments.first == [UInt8]("--server".utf8))
        let header = guess.header(peer: "rsync-3.5.0", exitStatus: 0)
        #expect(header.peer == "rsync" && header.version == "3.5.0" && header.isInterleaved)
    }

    @Test func importsARawRecording() throws {
        let directory = "\(NSTemporaryDirectory())/conform-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let description = """
            {"peer": "rsync-2.6.0", "protocol": 27, "client_options": ["-a"], "client_sends": true,
             "server_command": "rsync --server -logDtpr . dst/", "source_tree": "before",
             "destination_tree_before": null, "client_exit": 0, "client_stderr": ""}
            """
        try FileBytes.write([UInt8](description.utf8), to: "\(directory)/session.json")
        try FileBytes.write([1, 2], to: "\(directory)/client-to-server.bin")
        try FileBytes.write([3], to: "\(directory)/server-to-client.bin")
        let trace = try RawRecording.read(directory: directory)
        #expect(trace.segments.map(\.bytes) == [[1, 2], [3]])
        #expect(trace.header.role == .push && trace.header.sourceTree == "before.tar.xz")
        #expect(trace.header.destinationTree == nil && !trace.header.isInterleaved)
        #expect(RawRecording.vectorPath(trace.header, scenario: "s") == "rsync-2.6.0/p27/s.trace")
        #expect(throws: RawRecording.Failure.self) { try RawRecording.read(directory: "/no/such") }
    }
}

/// Bytes handed from one thread to another, which waits for it to be done.
private final class Received: @unchecked Sendable {
    var bytes: [UInt8] = []
}
