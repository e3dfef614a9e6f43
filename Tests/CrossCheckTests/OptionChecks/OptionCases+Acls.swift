extension OptionCase {
    static let acls: [OptionCase] = []
}
