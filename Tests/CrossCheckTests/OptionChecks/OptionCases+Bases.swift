extension OptionCase {
    static let bases: [OptionCase] = []
}
