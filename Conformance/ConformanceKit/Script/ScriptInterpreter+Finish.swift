import RsyncProtocol
import RsyncWire
import TraceKit

/// The rest of a session as an honest peer has it (SES-130 to SES-146).
extension ScriptInterpreter {
    /// As the sender: `{"contents": {"a": "hello\n"}}` answers every request for a name with what stands there, and goes
    /// through all phases to the end, with `statistics` as the step has them. As the receiver: reads what was asked for and
    /// not read yet, of which no content may contain `lacks`, and ends all phases.
    func finish(_ value: JSONValue) throws(Interruption) {
        if session.context.isSender {
            try serve(value)
        } else {
            try endAsReceiver(lacking: try mistakes { () throws(ScriptMistake) in try value["lacks"]?.bytes() })
        }
        try flush()
        // A server ends here, and its client waits for that before it ends itself.
        if session.context.isServer { return session.wire.closeOutput() }
        _ = try stops { () throws(ScriptWire.Stop) in try session.wire.toEnd() }
    }

    /// DONEs of the generator that the sender answers with one of its own before the statistics.
    private var loopDones: Int {
        let lists = session.traits.incrementalRecursion ? max(1, session.lists.count) : 1
        return lists + session.traits.lastLoopPhase
    }

    private func serve(_ value: JSONValue) throws(Interruption) {
        if session.traits.incrementalRecursion, !session.sawListEOF {
            session.writeIndex(FileIndex.fileListEOF)
            session.sawListEOF = true
        }
        // What the script has answered already stays answered.
        while session.donesWritten < loopDones {
            if session.donesRead > session.donesWritten {
                session.writeIndex(FileIndex.done)
                continue
            }
            guard let item = try nextItem() else { continue }
            if item.attributes.flags.contains(.transfer) { try answer(item, value["contents"]) }
        }
        if session.context.isServer { try mistakes { () throws(ScriptMistake) in try statistics(value["statistics"] ?? .null) } }
        try awaitDone()
        guard session.traits.hasEchoedGoodbye else { return }
        session.writeIndex(FileIndex.done)
        try awaitDone()
    }

    private func answer(_ item: ScriptRequest, _ contents: JSONValue?) throws(Interruption) {
        let name = session.entry(at: item.index)?.name ?? []
        guard let content = contents?.object?.members.first(where: { EscapedText.bytes($0.name) == name })?.value else {
            throw .unexpected("a request for \(EscapedText.text(name)), of which the script has no contents")
        }
        try mistakes { () throws(ScriptMistake) in
            try reply(.object(JSONObject([.init(name: "content", value: content)])))
        }
    }

    private func awaitDone() throws(Interruption) {
        if session.traits.goodbyeIsItem {
            while try nextItem() != nil {}
        } else {
            let last = try receive { reader throws(WireError) in try reader.int32() }
            guard last == FileIndex.done else { throw .unexpected("\(last) where the last mark was due") }
        }
    }

    private func endAsReceiver(lacking secret: [UInt8]?) throws(Interruption) {
        if session.traits.incrementalRecursion, !session.sawListEOF {
            try stops { () throws(ScriptWire.Stop) in
                while !session.sawListEOF {
                    switch try session.readAnyIndex() {
                    case FileIndex.fileListEOF: session.sawListEOF = true
                    case ...FileIndex.fileListOffset: _ = try session.readList()
                    case FileIndex.done: session.donesRead += 1
                    case let index: throw .garbled("index \(index) where a list was due")
                    }
                }
            }
        }
        let dones = loopDones + (session.traits.hasEchoedGoodbye ? 1 : 0)
        while session.donesWritten < dones { session.writeIndex(FileIndex.done) }
        while session.donesRead < loopDones {
            let index = try stops { () throws(ScriptWire.Stop) in try session.readIndex() }
            guard index >= 0 else { continue }
            // The echo of an item that asked for no data; or data that nobody has waited for yet.
            let traits = session.traits
            let echo = try receive { reader throws(WireError) in try ItemAttributes(reading: &reader, traits: traits) }
            guard echo.flags.contains(.transfer) else { continue }
            let found = try readReplyBody(index, echo)
            if let secret, let content = found["content"]?.string, content.contains(EscapedText.text(secret)) {
                session.find("content of index \(index)", "without \(EscapedText.text(secret))", content)
            }
        }
        if !session.context.isServer {
            let traits = session.traits
            _ = try receive { reader throws(WireError) in try TransferStatistics(reading: &reader, traits: traits) }
        }
        if session.traits.hasEchoedGoodbye {
            let index = try stops { () throws(ScriptWire.Stop) in try session.readIndex() }
            guard index == FileIndex.done else { throw .unexpected("index \(index) where the goodbye was due") }
        }
        session.writeIndex(FileIndex.done)
    }
}
