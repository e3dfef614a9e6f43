// What -i shows and what --out-format can.

extension ManualSection {
    static let itemized = ManualSection(
        "WHAT -i SHOWS",
        [
            "Eleven characters, YXcstpogaux, and the name. A dot: the same as it was. A new item has + in all places from the third on, "
                + "a question mark stands where the protocol is too old to tell, and blanks mean that nothing of it has changed. "
                + "A deletion shows *deleting instead.",
        ],
        [
            ("Y: <", "The item is sent to another machine."), ("Y: >", "The item arrives here, or is copied here."),
            ("Y: c", "Something is made or changed here without data from the other side: a directory, a symlink, a device."),
            ("Y: h", "A hard link is made to another item."), ("Y: .", "At most attributes are changed."),
            ("X: f, d, L, D, S", "A file, a directory, a symlink, a device, or a special file: a fifo or a socket."),
            ("c", "The checksum differs (with --checksum), or a symlink, device or special file has another value."),
            ("s", "The size of a file differs."),
            ("t", "The time of modification differs and is set. T: it becomes the time of the transfer, without --times or where it cannot be kept."),
            ("p", "The permissions differ and are set."), ("o", "The owner differs and is set."), ("g", "The group differs and is set."),
            ("u", "In the place behind g: the time of access (u), of creation (n), or both (b) differ and are set."),
            ("a", "The access control list differs and is set."), ("x", "The extended attributes differ and are set."),
        ],
        examples: [">f.st...... etc/hosts", "cd+++++++++ new/", "*deleting   old"])

    static let formats = ManualSection(
        "ESCAPES OF --out-format AND --log-file-format",
        [
            "Between the percent sign and the letter may stand a width, with - before it for the left side, and apostrophes: one groups "
                + "the digits of a number, two show it in units of 1000, three in units of 1024. What is no escape stays as it is; "
                + "the escapes %a, %h, %P and %u of daemons are none here.",
        ],
        [
            ("%b", "Bytes that were sent over the wire for the file."), ("%B", "The permissions, as in rwxr-xr-x."),
            ("%c", "Bytes that came back for it: the checksums of its blocks."),
            ("%C", "The checksum of the file, where there is one: of its content with --checksum, else of the transfer. Blanks otherwise."),
            ("%f", "The name, with the directory it was found in, without a slash in front."), ("%G", "The group's number, or DEFAULT where groups are not kept."),
            ("%i", "The eleven characters of -i."), ("%l", "The size in bytes."),
            ("%L", "Behind an arrow, where a symlink leads ( -> ) or which name a hard link was made to ( => ). Else nothing."),
            ("%m", "The module of a daemon: always empty here."), ("%M", "The time of modification, as in 2026/01/31-12:00:00."),
            ("%n", "The name; a directory's ends in a slash."), ("%o", "What is done: send, recv or del. (with the dot)."),
            ("%p", "The number of this process."), ("%t", "The time now, as in 2026/01/31 12:00:00."),
            ("%U", "The owner's number; 0 where owners are not kept."), ("%%", "A percent sign."),
        ],
        examples: ["--out-format='%i %n%L'     what -i shows", "--out-format=\"%o %'l %f\"     operation, size, path"],
        closing: [
            "With %b, %c or %C a line comes when the item's data is through. Deletions are told in the format if it has %i or %o, and as "
                + "deleting NAME otherwise.",
        ])
}
