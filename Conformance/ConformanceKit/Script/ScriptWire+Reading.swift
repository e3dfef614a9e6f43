import RsyncProtocol
import RsyncWire

// What the target writes: taken apart into data and messages, and read.

extension ScriptWire {
    private static let mostMessages = 100_000

    /// One structure, as soon as all of it is there.
    func parse<Value>(_ body: (inout ByteReader) throws(WireError) -> Value) throws(Stop) -> Value {
        while true {
            do throws(WireError) {
                var reader = ByteReader(data, from: dataStart)
                let value = try body(&reader)
                consume(reader.consumed)
                return value
            } catch {
                guard error.code == .needsMore else { throw .garbled(error.description) }
            }
            try more()
        }
    }

    func bytes(_ count: Int) throws(Stop) -> [UInt8] {
        while data.count - dataStart < count { try more() }
        let taken = Array(data[dataStart..<(dataStart + count)])
        consume(count)
        return taken
    }

    /// Every byte of data up to the end of the target's output: so many, and the first of them.
    func toEnd() throws(Stop) -> (count: Int, first: [UInt8]) {
        var result = (count: 0, first: [UInt8]())
        func take() {
            result.count += data.count - dataStart
            if result.first.count < 1 << 16 { result.first += data[dataStart...].prefix(1 << 16) }
            consume(data.count - dataStart)
        }
        do throws(Stop) {
            while true {
                take()
                try more()
            }
        } catch {
            guard case .closed = error else { throw error }
        }
        take()
        return result
    }

    /// Waits until the target has sent another message than the first `count`.
    func message(after count: Int) throws(Stop) {
        while messages.count <= count { try more() }
    }

    func consume(_ count: Int) {
        dataStart += count
        if dataStart == data.count {
            data.removeAll(keepingCapacity: true)
            dataStart = 0
        } else if dataStart > 1 << 20 {
            data.removeFirst(dataStart)
            dataStart = 0
        }
    }

    /// Something more of the target's, message or data. What the target does not read any more does not hinder that.
    private func more() throws(Stop) {
        acknowledgeExit()
        frame()
        let before = bytesReceived
        while bytesReceived == before {
            guard !inputEnded else { throw .closed }
            try turn(wantsInput: true)
        }
    }

    /// A target that announces its exit is told that this was heard: before 3.2 it waits for that, or for the end (SES-115).
    private func acknowledgeExit() {
        guard announcesExit, !hasAcknowledgedExit, writesFrames else { return }
        hasAcknowledgedExit = true
        writeRaw(Self.header(tag: MessageCode.errorExit.rawValue + 7, length: 0))
    }

    func takeApart() throws(Stop) {
        while rawStart < raw.count {
            if frameRemaining > 0 {
                let count = min(frameRemaining, raw.count - rawStart)
                data += raw[rawStart..<(rawStart + count)]
                rawStart += count
                frameRemaining -= count
                continue
            }
            guard raw.count - rawStart >= 4 else { break }
            let length = Int(raw[rawStart]) | Int(raw[rawStart + 1]) << 8 | Int(raw[rawStart + 2]) << 16
            let tag = raw[rawStart + 3]
            guard tag >= 7 else { throw .garbled("the target wrote a frame with tag \(tag)") }
            if tag == 7 {
                rawStart += 4
                frameRemaining = length
                continue
            }
            guard raw.count - rawStart - 4 >= length else { break }
            if tag == MessageCode.errorExit.rawValue + 7, raw[(rawStart + 4)..<(rawStart + 4 + length)].contains(where: { $0 != 0 }) {
                announcesExit = true
            }
            if messages.count < Self.mostMessages {
                messages.append((tag - 7, Array(raw[(rawStart + 4)..<(rawStart + 4 + length)])))
            }
            rawStart += 4 + length
        }
        if rawStart == raw.count {
            raw.removeAll(keepingCapacity: true)
            rawStart = 0
        } else if rawStart > 1 << 20 {
            raw.removeFirst(rawStart)
            rawStart = 0
        }
    }
}
