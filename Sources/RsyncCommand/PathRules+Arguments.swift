import RsyncEngine
import RsyncHost
import RsyncOptions

extension ParsedArguments {
    /// For the paths of options, on the side that the words are given to. `confined`: `--confine-root` counts too; it does
    /// not for the destination, for logs and for the files that a client reads before it starts.
    func pathRules(confined: Bool) -> PathRules {
        PathRules(followsForeignLinks: insecureLinks, root: confined ? confineRoot : nil) { path in
            let text: MessageText = "refusing to follow a symlink of another user in \(path) (--insecure-links follows it)"
            RsyncProgram.warn(text)
        }
    }
}
