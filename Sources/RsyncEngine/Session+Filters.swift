import RsyncFilter
import RsyncProtocol
import RsyncWire

// Step 9 of SES-24: the rules of the client travel to the server (SES-26, FLT-74 to FLT-90).

extension Session {
    func exchangeFilters(_ connection: Connection) throws(SessionError) {
        options.filters.notes = options.messages.debug.filtering > 1 ? [] : nil
        try exchange(connection)
        try tellRules()
    }

    private func exchange(_ connection: Connection) throws(SessionError) {
        let clientIsReceiver = configuration.isServer == configuration.isSender
        options.filters.knowsPerishable = connection.traits.hasPerishableRules
        options.filters.isReceiver = !configuration.isSender
        options.filters.noteSessionRules()
        // On the far side of a local copy these come before there is anybody to be told.
        if configuration.isServer { for note in options.filters.takeNotes() { observer.handle(.text(.info, Array("[\(role)] ".utf8) + note)) } }
        let form = FilterWireForm(
            clientIsReceiver: clientIsReceiver, hasFullSyntax: connection.traits.hasModernFilterRules,
            hasPerishable: connection.traits.hasPerishableRules,
            isSentWithDeleteExcluded: connection.traits.sendsFiltersWithDeleteExcluded,
            deletes: options.deletion != nil, prunesEmptyDirectories: options.prunesEmptyDirectories)
        guard !configuration.isLocalCopy, clientIsReceiver || options.receiverNeedsFilters(connection.traits) else {
            try addCVSRules(merge: true, list: true)
            // What is not sent must be expressible all the same, or the ends of another pair would decide differently.
            guard !configuration.isServer else { return }
            do throws(FilterError) {
                _ = try options.filters.wireTexts(form: form)
            } catch {
                throw error.asSessionError
            }
            // In a copy on one machine the receiving process has the same list; the sender hears that it is gone.
            guard configuration.isLocalCopy else { return }
            do throws(FilterError) {
                var other = form
                other.clientIsReceiver.toggle()
                _ = try options.filters.wireTexts(form: other)
            } catch {
                throw SessionError(exitCode: 12, MessageText(error.text(role: nil)))
            }
            return
        }
        if configuration.isServer {
            try readFilters(form, connection)
            // FLT-88: the receiving server has them among what it received, but for what could not be said.
            try addCVSRules(
                merge: configuration.isSender || !connection.traits.hasModernFilterRules, list: configuration.isSender)
        } else {
            // FLT-82: a pull's server adds its own.
            if !clientIsReceiver { try addCVSRules(merge: true, list: true) }
            try writeFilters(form)
            if clientIsReceiver { try addCVSRules(merge: true, list: true, protects: true) }
        }
    }

    private func addCVSRules(merge: Bool, list: Bool, protects: Bool = false) throws(SessionError) {
        guard options.cvsExclude, merge || list else { return }
        do throws(FilterError) {
            try options.filters.addCVSOption(reader: commandLineFiles, merge: merge, list: list, protects: protects)
        } catch {
            throw error.asSessionError
        }
    }

    private var commandLineFiles: any FilterFileReader { environment.filterFiles ?? NoFilterFiles() }

    private func writeFilters(_ form: FilterWireForm) throws(SessionError) {
        var writer = ByteWriter()
        do throws(FilterError) {
            try options.filters.encode(into: &writer, form: form)
        } catch {
            throw error.asSessionError
        }
        try output.write { $0.bytes(writer.bytes) }
        try output.flush()
    }

    /// B5: rules of a peer, and bytes of all of them. Every name is compared with each.
    private static var mostRules: Int { 65_536 }
    private static var mostRuleBytes: Int { 8 << 20 }

    private func readFilters(_ form: FilterWireForm, _ connection: Connection) throws(SessionError) {
        var texts = FilterTextReader()
        var count = 0
        var bytes = 0
        while true {
            let text = try input.parse { reader throws(WireError) in
                var attempt = texts
                let text = try attempt.next(&reader)
                texts = attempt
                return text
            }
            guard let text else { return }
            count += 1
            bytes += text.count
            guard count <= Self.mostRules, bytes <= Self.mostRuleBytes else {
                throw SessionError(exitCode: 22, "more filter rules than may be held [HOS-81]")
            }
            do throws(FilterError) {
                try options.filters.add(
                    received: text, form: form, side: configuration.isSender ? .sender : .receiver,
                    reader: commandLineFiles)
            } catch {
                throw error.asSessionError
            }
            // REV-26: such a rule would have files read that nobody offered.
            if environment.filterFiles == nil, options.filters.hasDirMerge {
                throw SessionError(exitCode: 4, "filter rules that read files are refused here: \(text)")
            }
        }
    }
}

/// Where no file outside of the trees may be read.
private struct NoFilterFiles: FilterFileReader {
    func contents(of location: FilterFileLocation) -> [UInt8]? { nil }
    var cvsIgnoreVariable: [UInt8]? { nil }
}
