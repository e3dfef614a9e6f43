import RsyncEngine
import RsyncOptions
import RsyncProtocol
import RsyncReport

/// A server's own standard error, for what does not travel in frames (SES-98), and its log.
final class ServerObserver: SessionObserver {
    private let log: LogFile?
    private let listing: Listing?
    /// A server knows nothing of the terminal that its words come to: only ASCII is sure to be right there (MET-170).
    private let escaping: NameEscaping
    /// In a local copy with `--json`.
    private let events: EventWriter?

    init(log: LogFile? = nil, listing: Listing? = nil, escaping: NameEscaping = .ascii, events: EventWriter? = nil) {
        self.events = events
        self.log = log
        self.listing = listing
        self.escaping = escaping
    }

    func listingLine(_ entry: FileEntry) -> [UInt8]? { listing?.line(entry) }

    func handle(_ event: SessionEvent) {
        switch event {
        case .text(let kind, let text):
            log?.say(text)
            // How a side ends is in the summary.
            if !text.starts(with: "rsync error: ".utf8) { events?.text(kind, text) }
            SystemWords.write(escaping.escape(text) + [0x0a], to: 2)
        case .forwarded(let text): log?.say(text)
        case .item(let report): log?.item(ItemFacts(report), report.stage)
        case .deleted(let name, let isDirectory): log?.deletion(name, isDirectory: isDirectory)
        case .fileList(.begins(_, let sending)):
            log?.write(Array((sending ? "building file list" : "receiving file list").utf8))
        case .fileList, .listed, .progress: break
        }
    }
}
