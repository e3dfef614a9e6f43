extension OptionCase {
    static let iconv: [OptionCase] = []
}
