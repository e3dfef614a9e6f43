import ArgumentParser

struct RsyncConform: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsync-conform", abstract: "Looks at what rsync programs say to each other, and judges it.",
        subcommands: [
            RunCommand.self, ProbeCommand.self, MatrixCommand.self, ListCommand.self, SpecCommand.self, CoverageCommand.self,
            ReportCommand.self, TraceCommand.self, SSHCommand.self, KnobsCommand.self,
        ])
}

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Recordings of whole sessions.",
        subcommands: [
            TraceRecord.self, TraceShow.self, TraceReplayCommand.self, TraceImport.self, TraceDiff.self, TraceShrink.self,
            TraceRedact.self,
        ])
}
