extension OptionCase {
    static let session: [OptionCase] = []
}
