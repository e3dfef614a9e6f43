extension OptionCase {
    static let attributes: [OptionCase] = []
}
