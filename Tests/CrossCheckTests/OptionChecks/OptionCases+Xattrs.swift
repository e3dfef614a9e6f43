extension OptionCase {
    static let xattrs: [OptionCase] = []
}
