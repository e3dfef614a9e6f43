extension OptionCase {
    static let output: [OptionCase] = []
}
