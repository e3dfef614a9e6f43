/// A difference from stock rsync that is meant. One that no longer shows fails the check.
struct KnownDifference: Sendable {
    let slug: String
    var roles: Set<OptionRole> = Set(OptionRole.allCases)
    var protocols: Set<Int32> = [27, 28, 29, 30, 31, 32]
    let reason: String

    func holds(_ cell: OptionCell) -> Bool {
        slug == cell.subject.slug && roles.contains(cell.role) && protocols.contains(cell.number)
    }

    static let all: [KnownDifference] = []
}
