import RsyncEngine
import RsyncOptions

extension DebugLevels {
    /// The levels of the words that say anything here (`DebugWord.isSilent`).
    init(_ words: OutputLevels<DebugWord>) {
        self.init()
        for word in DebugWord.allCases where words[word] > 0 {
            let level = UInt8(clamping: words[word])
            switch word {
            case .acl, .bind, .chdir, .connect, .hash: break
            // Told by the command itself.
            case .cmd: break
            case .backup: backup = level
            case .del: deletion = level
            case .deltasum: search = level
            case .dup: duplicates = level
            case .exit: exit = level
            case .filter: filtering = level
            case .flist: lists = level
            case .fuzzy: fuzzy = level
            case .genr: generator = level
            case .hlink: hardLinks = level
            case .iconv: charsets = level
            case .io: messages = level
            case .nstr: negotiation = level
            case .own: owners = level
            case .proto: version = level
            case .recv: receiver = level
            case .send: sender = level
            case .time: times = level
            }
        }
    }
}
