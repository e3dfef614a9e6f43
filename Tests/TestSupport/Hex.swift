/// The bytes of a text like `ff 01 fe8067`; white space is free.
public func hex(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    var high: UInt8?
    for character in text where !character.isWhitespace {
        guard let digit = character.hexDigitValue else { preconditionFailure("no hexadecimal digit: \(character)") }
        if let upper = high {
            result.append(upper << 4 | UInt8(digit))
            high = nil
        } else {
            high = UInt8(digit)
        }
    }
    precondition(high == nil, "an odd number of hexadecimal digits: \(text)")
    return result
}

/// The text of bytes, such as `ff 01`.
public func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
