import RsyncEngine
import RsyncFilter
import RsyncProtocol
import RsyncWire
import Testing
import TraceKit

/// A program may run many sessions: what one of them held goes with it.
struct SessionMemoryTests {
    @Test(arguments: [true, false]) func nothingIsLeftOfASession(isSender: Bool) {
        weak var seen: Session?
        weak var stream: MemoryStream?
        run(isSender) {
            seen = $0
            stream = $1
        }
        #expect(seen == nil)
        #expect(stream == nil)
    }

    /// Its peer announces a protocol and goes.
    private func run(_ isSender: Bool, _ look: (Session, MemoryStream) -> Void) {
        let ends = MemoryStream.pair(capacity: 4096)
        try? ends.client.write([31, 0, 0, 0], 0..<4)
        ends.client.closeWrite()
        let session = Session(
            configuration: SessionConfiguration(
                isServer: true, isSender: isSender, capabilities: Capabilities(optionValue: Array(".LsfxCIvu".utf8)), seed: 1),
            options: TransferOptions(), stream: ends.server, observer: CollectingObserver(),
            environment: SessionEnvironment(identities: MemoryIdentities(), umask: 0o022, milliseconds: { 0 }))
        look(session, ends.server)
        let result =
            isSender
            ? session.runSender([SourceArgument(tree: MemoryTree(), wireName: [0x2e], start: .root, namesContents: true)])
            : session.runReceiver(Nowhere())
        #expect(result.exitCode == 12)
    }

    private final class Nowhere: DestinationOpener {
        func open(entryCount: Int, first: FileEntry?) throws(SessionError) -> Destination { Destination(tree: MemoryTree()) }
    }
}
