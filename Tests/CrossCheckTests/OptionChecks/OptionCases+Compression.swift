extension OptionCase {
    static let compression: [OptionCase] = []
}
