extension OptionCase {
    static let writing: [OptionCase] = []
}
