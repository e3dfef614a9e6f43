import Foundation
import Testing

/// The agent of 10-reverse.md section 7, run by the script beside this file.
@Suite struct ShellAgentTests {
    @Test(.timeLimit(.minutes(5)), arguments: ["sh", "bash"]) func keepsToTheClauses(_ shell: String) throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let agent = here.appendingPathComponent("../../Conformance/Spec/shell-agent.sh").standardizedFileURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["AGENT_SHELL=\(shell)", "sh", here.appendingPathComponent("shell-agent-test.sh").path, agent.path]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("passed a whole session") && text.contains("passed starts what is right"), "\(text)")
    }
}
