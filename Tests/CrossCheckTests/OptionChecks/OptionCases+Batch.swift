extension OptionCase {
    static let batch: [OptionCase] = []
}
