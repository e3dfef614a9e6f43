/// Where we and stock rsync 3.5.0 part, and why it stays so. Below protocol 29 the receiving side reports in words of
/// its own, which no specification fixes (MET-67).
struct KnownDifference: Sendable {
    let reason: String
    let applies: @Sendable (_ sample: String, _ role: Role, _ protocolNumber: Int) -> Bool

    static func reason(_ sample: String, _ role: Role, _ protocolNumber: Int) -> String? {
        all.first { $0.applies(sample, role, protocolNumber) }?.reason
    }

    private static let all = [
        KnownDifference(reason: "stock gives a file that stands in a directory's place the directory's time") {
            sample, role, _ in sample.contains("--ignore-existing") && role != .weSendAsServer && role != .wePush
        },
        KnownDifference(reason: "stock's deletion lines below protocol 29 lack the name under -i") {
            sample, role, number in
            number < 29 && role == .weReceiveAsServer && sample.contains("-i")
                && (sample.contains("--delete") || sample.contains("--force"))
        },
        KnownDifference(reason: "below protocol 29 we name new directories under -d -v, stock does not") {
            sample, role, number in
            number < 29 && (role == .weReceiveAsServer || role == .localCopy) && sample.contains("-d")
        },
        KnownDifference(reason: "below protocol 29 we name a lone directory as the sender calls it") {
            sample, role, number in number < 29 && role == .weReceiveAsServer && sample.contains("em new")
        },
        KnownDifference(reason: "below protocol 29 stock sends a server's warnings as frames, ours go to standard error") {
            sample, role, number in number < 29 && role == .weReceiveAsServer && sample.contains("--link-dest")
        },
    ]
}
