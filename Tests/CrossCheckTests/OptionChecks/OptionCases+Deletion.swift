extension OptionCase {
    static let deletion: [OptionCase] = []
}
