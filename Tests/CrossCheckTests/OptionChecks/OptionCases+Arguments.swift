extension OptionCase {
    static let argumentWords: [OptionCase] = []
}
