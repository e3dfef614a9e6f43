/// `--usermap`, `--groupmap` and `--chown`, as far as the command line alone decides about them (MET-7, MET-8).
enum OwnershipOptions {
    static func map(
        _ option: inout ParsedArguments.OwnerMap?, _ rules: [UInt8], _ name: String
    ) throws(ArgumentError) {
        if let option {
            throw .refused(
                option.isFromChown ? "--\(name) conflicts with prior --chown." : "You can only specify --\(name) once.")
        }
        option = .init(rules: rules, isFromChown: false)
    }

    static func chown(_ arguments: inout ParsedArguments, _ value: [UInt8]) throws(ArgumentError) {
        let colon = value.firstIndex(of: UInt8(ascii: ":"))
        let user = value[..<(colon ?? value.count)]
        if !user.isEmpty {
            try set(&arguments.userMap, user, "user")
            arguments.owner = true
        }
        if let colon, colon + 1 < value.count {
            try set(&arguments.groupMap, value[(colon + 1)...], "group")
            arguments.group = true
        }
    }

    private static func set(
        _ option: inout ParsedArguments.OwnerMap?, _ name: ArraySlice<UInt8>, _ kind: String
    ) throws(ArgumentError) {
        if let option {
            throw .refused(
                option.isFromChown
                    ? "You can only specify a \(kind)-affecting --chown once."
                    : "--chown conflicts with prior --\(kind)map.")
        }
        option = .init(rules: Array("*:".utf8) + name, isFromChown: true)
    }
}
