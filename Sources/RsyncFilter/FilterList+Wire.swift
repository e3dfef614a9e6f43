import RsyncWire

// The rule list on the wire (FLT-76): sent by the client only, once.
//
//   field   type    meaning
//   L       int32   length of the text; 0 ends the list; read as unsigned, below 5120 (FLT-84)
//   text    L bytes a rule: full syntax (FLT-77) or old prefixes (FLT-79)

extension FilterList {
    /// Writes the list and its terminator; nothing at all when it is not to be sent (FLT-75). Throws `tooModern` for a
    /// rule that the protocol cannot carry, even if the list would not be sent: the other side would decide otherwise.
    public func encode(into writer: inout ByteWriter, form: FilterWireForm) throws(FilterError) {
        let texts = try wireTexts(form: form)
        guard form.isSent(deletesExcluded: deletesExcluded) else { return }
        for text in texts {
            writer.int32(Int32(text.count) - (Knob.ruleLengthIsShort.isOn ? 1 : 0))
            writer.bytes(text)
        }
        if !Knob.ruleListHasNoEnd.isOn { writer.int32(0) }
    }

    /// The texts that `encode` sends, in order.
    public func wireTexts(form: FilterWireForm) throws(FilterError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for rule in rules {
            if rule.standsForCVSList, !(form.hasFullSyntax && form.clientIsReceiver) {
                // FLT-82: the other side cannot know this side's CVS list.
                guard effectiveSides(of: rule).applies(to: form.clientSide.other) else { continue }
                for entry in cvsRules ?? [] { try append(entry, form, to: &texts) }
            } else {
                try append(rule, form, to: &texts)
            }
        }
        return texts
    }

    private func append(
        _ rule: FilterRule, _ form: FilterWireForm, to texts: inout [[UInt8]]
    ) throws(FilterError) {
        var rule = rule
        if rule.isPerishableIfKnown { rule.isPerishable = rule.isPerishable || form.hasPerishable }
        if rule.isCVSOption, !form.hasFullSyntax { return }
        let text = try form.hasFullSyntax ? fullText(of: rule, form) : oldText(of: rule, form)
        if let text { texts.append(text) }
    }

    /// FLT-77, FLT-78, FLT-80. Nil for a rule that only the client needs.
    private func fullText(of rule: FilterRule, _ form: FilterWireForm) throws(FilterError) -> [UInt8]? {
        let sides = effectiveSides(of: rule)
        guard sides.applies(to: form.clientSide.other) else { return nil }
        if rule.isPerishable, !form.hasPerishable, !form.clientIsReceiver {
            throw FilterError(.tooModern, rule: rule.text, clause: "FLT-78", exitCode: 2)
        }
        // The server knows --delete-excluded itself and makes merge and CVS rules one-sided on its own.
        let written = rule.kind == .dirMerge || rule.isCVS ? rule.sides : sides
        return rule.prefix(includingPerishable: form.hasPerishable, sides: written) + [space] + rule.patternText
    }

    /// FLT-79. Nil for a rule that only the client needs.
    private func oldText(of rule: FilterRule, _ form: FilterWireForm) throws(FilterError) -> [UInt8]? {
        func tooModern() -> FilterError { FilterError(.tooModern, rule: rule.text, clause: "FLT-79", exitCode: 2) }
        // What only this side needs may be as modern as it likes.
        guard effectiveSides(of: rule).applies(to: form.clientSide.other) else { return nil }
        guard rule.kind != .dirMerge, !rule.isNegated, !rule.isAbsolute, !rule.isAttributeRule else {
            throw tooModern()
        }
        if !form.clientIsReceiver {
            guard !rule.isPerishable, !(deletesExcluded && rule.sides.contains(.receiver)) else { throw tooModern() }
        }
        let pattern = rule.patternText
        if rule.kind == .include { return [plus, space] + pattern }
        // A bare "!" would clear the other side's list.
        let isMisread =
            pattern.starts(with: [minus, space]) || pattern.starts(with: [plus, space]) || pattern == [UInt8(ascii: "!")]
        return isMisread ? [minus, space] + pattern : pattern
    }

    /// Takes in a text that a client sent (FLT-83). `side` is what this server is: rules for the other end only are
    /// ignored (FLT-89). A merge rule is refused (FLT-85).
    ///
    /// `reader` is for the CVS list of a `-C` rule; without one such a rule is refused.
    public mutating func add(
        received text: [UInt8], form: FilterWireForm, side: FilterSide, reader: (any FilterFileReader)? = nil
    ) throws(FilterError) {
        let parsed = try form.hasFullSyntax ? FilterRule.parse(text) : FilterRule.parseOldStyle(text, kind: .exclude)
        guard let rule = parsed else { return }
        guard rule.kind != .merge || Knob.mergeOfPeerIsTaken.isOn else { throw FilterError(.mergeFromPeer, rule: text, clause: "FLT-85") }
        guard rule.sides.applies(to: side) else { return }
        try add(rule, text: text, reader: reader)
    }
}

/// Reads the texts of a list one by one and keeps count of them (FLT-84).
public struct FilterTextReader: Sendable {
    private var bytesLeft = FilterLimits.receivedBytes
    private var rulesLeft = FilterLimits.receivedRules

    public init() {}

    /// The next text; nil at the end of the list. Unchanged when it throws.
    public mutating func next(_ reader: inout ByteReader) throws(WireError) -> [UInt8]? {
        var attempt = reader
        let offset = attempt.consumed
        let length = UInt32(bitPattern: try attempt.int32())
        guard length > 0 else {
            reader = attempt
            return nil
        }
        guard length < FilterLimits.wireText || Knob.acceptsLongRules.isOn else {
            throw WireError(
                .outOfRange, field: "filter rule length", clause: "FLT-84", offset: offset, value: Int64(length),
                exitCode: 22)
        }
        guard Int(length) <= bytesLeft, rulesLeft > 0 else {
            throw WireError(
                .outOfRange, field: "filter rule list", clause: "FLT-84", offset: offset, value: Int64(length),
                exitCode: 22)
        }
        let text = try attempt.bytes(Int(length))
        bytesLeft -= Int(length)
        rulesLeft -= 1
        reader = attempt
        return text
    }
}
