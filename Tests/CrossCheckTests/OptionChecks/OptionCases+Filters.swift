extension OptionCase {
    static let filters: [OptionCase] = []
}
