// Rules of --filter and of filter files.

extension ManualSection {
    static let filters = ManualSection(
        "FILTER RULES",
        [
            "Every name that is found at the source, and with --delete at the destination, is compared with the rules in their order. "
                + "The first that matches decides; without one the item takes part. What lies below a directory that is left out is "
                + "not looked at.",
            "A rule is a name or its letter, modifiers, a space or an underscore, and a pattern: exclude,p *.tmp is the same as -p *.tmp. "
                + "--exclude and --include take the pattern alone, or with - or + and a space before it.",
            "In patterns * stands for anything but slashes, ** for anything, ? for one character that is no slash, [a-z] for one of a class. "
                + "A slash in front ties the pattern to the top of the transfer, or to the directory of the filter file; any other slash, or **, "
                + "makes it a matter of the whole path's end; a slash at the end means directories alone. "
                + "dir/*** is dir and everything in it.",
        ],
        [
            ("exclude, -", "Leave out what matches; it is not deleted at the destination either."), ("include, +", "Let it take part."),
            ("hide, H", "Leave it out at the sender alone: at the destination it can be deleted."), ("show, S", "Let the sender send it."),
            ("protect, P", "Do not delete it at the destination."), ("risk, R", "It may be deleted there."),
            ("merge, .", "Read further rules from a file, here."),
            ("dir-merge, :", "Look for a file of that name in every directory, and let its rules go before for everything in it."),
            ("clear, !", "Forget all rules so far. Nothing may follow."),
            ("modifier /", "Compare the pattern with the absolute path."), ("modifier !", "The rule is for what does not match."),
            ("modifier C", "On a rule: the patterns of --cvs-exclude. On a merge: a file such as .cvsignore, which is the name it has when none is given."),
            ("modifier s", "For the sending side."), ("modifier r", "For the receiving side."),
            ("modifier p", "Perishable: of no account in a directory that is being deleted."),
            ("modifier x", "For names of extended attributes, with --xattrs."),
            ("modifier -", "Of a merge: its lines are patterns to exclude, and no rules."), ("modifier +", "Of a merge: its lines are patterns to include."),
            ("modifier e", "Of a merge: the file itself is left out."), ("modifier n", "Of a dir-merge: subdirectories do not inherit the rules."),
            ("modifier w", "Of a merge: it is split at white space, not into lines."),
        ],
        examples: [
            "rsync -a --include='*/' --include='*.c' --exclude='*' src/ dst     C sources alone, wherever they are",
            "rsync -a --delete -f'P .keep' -f'- /cache/***' -f': .rules' src/ dst",
        ],
        closing: [
            "In files, empty lines and lines that begin with # or ; are no rules. --delete-excluded makes rules for both sides rules for the sender.",
        ])
}
