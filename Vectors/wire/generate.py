#!/usr/bin/env python3
"""Writes the wire vectors of this folder. The bytes are stated here, never taken from an implementation."""
import os
import shutil

ALL = range(27, 33)
OLD = range(27, 30)
NEW = range(30, 33)
VECTORS = []


def vector(structure, fact, clause, protocols, expect, data, comment="", given="", one_way=False):
    VECTORS.append((structure, fact, clause, protocols, expect, bytes.fromhex(data.replace(" ", "")), comment, given, one_way))


def dump(data):
    lines = []
    for start in range(0, len(data), 16):
        row = data[start:start + 16]
        text = "  ".join(" ".join(f"{b:02x}" for b in row[half:half + 8]) for half in (0, 8) if row[half:half + 8])
        shown = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        lines.append(f"{start:08x}  {text:<48}  |{shown}|\n")
    return "".join(lines)


def render(structure, fact, clause, protocols, expect, data, comment, given, one_way):
    traits = ", ".join(f"p{n}" for n in protocols)
    out = f"structure: {structure}  clause: {clause}  traits: {traits}\n"
    if given:
        out += f"given: {given}\n"
    out += f"expect: {expect}\n"
    if one_way:
        out += "one-way: yes\n"
    if comment:
        out += f"comment: {comment}\n"
    return out + "bytes:\n" + dump(data)


# Primitives.
for value, data in [("0", "00"), ("127", "7f"), ("128", "8080"), ("255", "80ff"), ("256", "8100"), ("16383", "bfff"),
                    ("16384", "c00040"), ("2097152", "e0000020"), ("268435456", "f000000010"),
                    ("2147483647", "f0ffffff7f"), ("-1", "f0ffffffff"), ("-2147483648", "f000000080")]:
    vector("varint", f"value-{value.replace('-', 'minus-')}", "SES-14", NEW, f"value {value}", data, given="values=1")
vector("varint", "overlong-one", "SES-21", NEW, "value 1", "8001", "accepted on read, never written", "values=1", True)
vector("varint", "bits-above-32", "SES-21", NEW, "malformed varint at 0", "f100000000", "the reference drops the bits", "values=1")
vector("varint", "five-extra-bytes", "SES-21", NEW, "malformed varint at 0", "f80000000000", "", "values=1")
vector("varint", "cut-after-the-first-byte", "SES-22", NEW, "needs-more", "c0", "", "values=1")
for value, three, four in [("0", "000000", "00000000"), ("8388607", "7fffff", "00ffff7f"),
                           ("8388608", "80000080", "00000080"), ("4294967296", "c100000000", "8100000000"),
                           ("1099511627776", "e10000000000", "c10000000000"),
                           ("9223372036854775807", "fcffffffffffffff7f", "f8ffffffffffffff7f"),
                           ("-1", "fcffffffffffffffff", "f8ffffffffffffffff")]:
    name = value.replace("-", "minus-")
    vector("varlong", f"minimum-3-value-{name}", "SES-16", NEW, f"value {value}", three, given="minimum=3")
    vector("varlong", f"minimum-4-value-{name}", "SES-16", NEW, f"value {value}", four, given="minimum=4")
vector("varlong", "overlong-one", "SES-21", NEW, "value 1", "80010000", "accepted on read, never written", "minimum=3", True)
vector("varlong", "minimum-3-bits-above-64", "SES-21", NEW, "malformed varlong at 0", "fd0000000000000000", "", "minimum=3")
vector("varlong", "minimum-4-ten-bytes", "SES-21", NEW, "malformed varlong at 0", "fc000000000000000000", "", "minimum=4")
for value, data in [("0", "00000000"), ("2147483647", "ffffff7f"), ("2147483648", "ffffffff0000008000000000"),
                    ("-1", "ffffffffffffffffffffffff"), ("-5", "fffffffffbffffffffffffff")]:
    vector("longint", f"value-{value.replace('-', 'minus-')}", "SES-11", OLD, f"value {value}", data)
vector("longint", "escape-for-a-small-value", "SES-12", OLD, "value 5", "ffffffff0500000000000000", "", one_way=True)
vector("longint", "negative-without-escape", "SES-12", OLD, "value -2", "feffffff", "", one_way=True)
vector("vstring", "empty", "SES-18", ALL, "value ", "00", given="limit=255")
vector("vstring", "two-bytes", "SES-18", ALL, "value 68 69", "026869", given="limit=255")
vector("vstring", "length-128-takes-two-bytes", "SES-18", ALL, "value" + " 61" * 128, "8080" + "61" * 128, given="limit=255")
vector("vstring", "overlong-length", "SES-21", ALL, "value 61", "800161", "accepted on read, never written", "limit=255", True)
vector("vstring", "length-above-limit", "SES-21", ALL, "malformed text at 0", "8100", "refused before the text arrives", "limit=255")

# Frames.
for fact, expect, data in [("data-one-byte", "data 1", "01000007"), ("data-empty-keep-alive", "data 0", "00000007"),
                           ("data-largest", "data 16777215", "ffffff07"), ("info-text", "info 3", "03000009"),
                           ("error-exit-with-code", "errorExit 4", "0400005d"), ("error-exit-acknowledgement", "errorExit 0", "0000005d"),
                           ("deleted-name", "deleted 5", "0500006c"), ("noop", "noop 0", "00000031"),
                           ("text-longest", "errorXfer 5119", "ff130008"), ("no-send", "noSend 4", "0400006d"),
                           ("success", "success 4", "0400006b"), ("io-error", "ioError 4", "0400001d"), ("io-timeout", "ioTimeout 4", "04000028")]:
    vector("frame-header", fact, "SES-81" if fact.startswith(("data", "info")) else "SES-88", ALL, "value " + expect, data)
vector("frame-header", "tag-below-seven", "SES-89", ALL, "malformed tag at 3", "00000006")
vector("frame-header", "tag-unknown", "SES-89", ALL, "malformed tag at 3", "000000cf")
vector("frame-header", "file-list-tag-of-3-0", "SES-90", ALL, "malformed tag at 3", "0400001b", "private code 20")
vector("frame-header", "redo-is-private", "SES-90", ALL, "malformed code at 3", "04000010")
vector("frame-header", "log-is-private", "SES-90", ALL, "malformed code at 3", "0300000d")
vector("frame-header", "text-too-long", "SES-86", ALL, "malformed length at 0", "00140008", "5120 bytes")
vector("frame-header", "deleted-name-too-long", "SES-86", ALL, "malformed length at 0", "0014006c")
vector("frame-header", "noop-with-payload", "SES-91", ALL, "malformed length at 0", "01000031")
vector("frame-header", "error-exit-of-eight-bytes", "SES-91", ALL, "malformed length at 0", "0800005d")
vector("frame-header", "success-of-a-local-copy", "SES-107", ALL, "value success 20", "1400006b", "with device and inode, in local copies only")
vector("frame-header", "success-of-eight-bytes", "SES-88", ALL, "malformed length at 0", "0800006b")

# Indexes.
vector("file-index", "worked-stream", "FLS-135", NEW, "value 0 1 5 258 512 512 33280 40 16777216 -1 -2",
       "01 01 04 fd fe00fe fe0000 fe80008200 fe80280000 fe81000000 00 ff01", given="values=11")
vector("file-index", "worked-negative-stream", "FLS-135", NEW, "value -101 -102 -105 -103 -2 -3",
       "ff64 ff01 ff03 fffe80670000 fffe80020000 ff01", given="values=6")
vector("file-index", "done-leaves-the-memories", "FLS-133", NEW, "value 7 -1 8", "08 00 01", given="values=3")
vector("file-index", "first-deletion-statistics", "SES-19", NEW, "value -3", "ff02", given="values=1")
vector("file-index", "largest", "FLS-133", NEW, "value 2147483647", "feffffffff", given="values=1")
vector("file-index", "above-31-bits", "FLS-134", NEW, "malformed ndx at 5", "feffffffff 01", "memory plus distance overflows", "values=2")
vector("file-index", "plain-int32", "FLS-132", OLD, "value 0 261 -1", "00000000 05010000 ffffffff", given="values=3")
vector("file-index", "cut-inside-the-long-form", "FLS-134", NEW, "needs-more", "fe8000", given="values=1")

# Items.
ITEM = range(29, 33)
for fact, expect, data in [("new-file", "a000 80", "00a0"), ("size-and-time-differ", "800c 80", "0c80"),
                           ("new-directory", "6000 80", "0060"), ("partial-dir-basis", "a800 81", "00a881"),
                           ("alternate-basis", "880c 02", "0c8802"), ("fuzzy-basis", "b800 83 6f 6c 64", "00b883036f6c64"),
                           ("empty-xname", "5000 80", "005000")]:
    vector("item-attributes", fact, "XFR-131" if "basis" in fact else "MET-68", ITEM, "value " + expect, data)
vector("item-attributes", "nothing-before-29", "XFR-19", [27, 28], "value 8000 80", "")
vector("item-attributes", "unknown-flag", "HOS-212", ITEM, "malformed iflags at 0", "0082", "0x0200 has no meaning")
vector("item-attributes", "xname-too-long", "SES-21", ITEM, "malformed xname at 2", "00909000", "4096 bytes announced")

# Sums.
D16 = "digest-length=16"
vector("sum-head", "worked-example", "XFR-24", ALL, "value 3 700 2 160", "03000000bc02000002000000a0000000", given=D16)
vector("sum-head", "null", "XFR-26", ALL, "value 0 0 0 0", "00" * 16, given=D16)
vector("sum-head", "block-length-maximum", "XFR-27", NEW, "value 1 131072 2 0", "01000000000002000200000000000000", given=D16)
vector("sum-head", "block-length-above-maximum", "XFR-27", NEW, "malformed block-length at 4", "01000000010002000200000000000000", "one above the maximum", D16)
vector("sum-head", "old-block-length-maximum", "XFR-27", OLD, "value 1 536870912 2 0", "01000000000000200200000000000000", given=D16)
vector("sum-head", "old-block-length-above-maximum", "XFR-27", OLD, "malformed block-length at 4", "01000000010000200200000000000000", "", D16)
vector("sum-head", "block-length-zero-with-blocks", "XFR-27", ALL, "malformed block-length at 4", "01000000000000000200000000000000", "", D16)
vector("sum-head", "count-negative", "XFR-27", ALL, "malformed count at 0", "ffffffffbc0200000200000000000000", "", D16)
vector("sum-head", "strong-length-above-digest", "XFR-27", ALL, "malformed strong-length at 8", "01000000bc0200001100000000000000", "", D16)
vector("sum-head", "strong-length-sixteen-with-short-digest", "XFR-38", ALL, "value 1 700 16 0", "01000000bc0200001000000000000000", "generators before 3.4.4 in a redo", "digest-length=8")
vector("sum-head", "strong-length-negative", "XFR-27", ALL, "malformed strong-length at 8", "01000000bc020000ffffffff00000000", "", D16)
vector("sum-head", "remainder-above-block-length", "XFR-27", ALL, "malformed remainder at 12", "01000000bc02000002000000bd020000", "", D16)
vector("sum-head", "remainder-negative", "XFR-27", ALL, "malformed remainder at 12", "01000000bc02000002000000ffffffff", "", D16)
vector("block-sum", "worked-example", "XFR-52", ALL, "value 89aed3d2 0c 6e", "d2d3ae890c6e", given="strong-length=2")
vector("block-sum", "without-strong-sum", "XFR-52", ALL, "value ffffffff", "ffffffff", given="strong-length=0")

# Tokens.
for fact, expect, data in [("end", "end", "00000000"), ("literal", "literal 5", "05000000"), ("block-zero", "block 0", "ffffffff"),
                           ("block-last", "block 2", "fdffffff"), ("literal-largest", "literal 2147483647", "ffffff7f")]:
    vector("plain-token", fact, "XFR-81", ALL, "value " + expect, data, given="block-count=3")
vector("plain-token", "block-beyond-count", "XFR-83", ALL, "malformed block at 0", "fcffffff", "", "block-count=3")
vector("plain-token", "block-without-basis", "XFR-83", ALL, "malformed block at 0", "ffffffff", "", "block-count=0")

# Statistics.
vector("transfer-statistics", "captured-28", "SES-202", [27, 28], "value 52 195 12 0 0", "34000000c30000000c000000")
vector("transfer-statistics", "captured-29", "SES-203", [29], "value 72 215 12 1 0", "48000000d70000000c0000000100000000000000")
vector("transfer-statistics", "captured-32", "SES-204", NEW, "value 77 226 12 1 0", "004d0000e200000c00000100000000")
vector("transfer-statistics", "negative-total", "HOS-531", [27, 28], "value 0 0 -1 0 0", "0000000000000000" + "ff" * 12, "display only")
LATE = [31, 32]
vector("deletion-statistics", "example", "SES-137", LATE, "value 2 1 1 0 0", "0201010000")
vector("deletion-statistics", "largest-count", "SES-137", LATE, "value 268435456 0 0 0 0", "f00000001000000000")
vector("deletion-statistics", "count-above-maximum", "SES-137", LATE, "malformed symlinks at 2", "0000f001000010")
vector("deletion-statistics", "count-negative", "SES-137", LATE, "malformed files at 0", "f0ffffffff")
vector("error-bits", "general", "SES-100", ALL, "value 1", "01000000")
vector("error-bits", "unknown-bits-are-dropped", "SES-100", ALL, "value 7", "ffffff7f", one_way=True)

# Negotiation.
vector("compat-flags", "all-known", "SES-48", NEW, "value 1ff", "81ff")
vector("compat-flags", "without-recursion", "SES-48", NEW, "value 1fe", "81fe")
vector("compat-flags", "one-byte-of-3-1", "SES-43", NEW, "value 3f", "3f")


def names(text):
    return (f"{len(text):02x}" if len(text) < 128 else f"80{len(text):02x}") + text.encode().hex()


CLIENT = "xxh128 xxh3 xxh64 md5 md4 sha1"
vector("checksum-list", "client-of-3-5", "SES-55", NEW, f"value {CLIENT}", names(CLIENT))
vector("checksum-list", "server-of-3-5", "SES-55", NEW, f"value {CLIENT} none", names(CLIENT + " none"))
vector("checksum-list", "unknown-and-alias", "SES-52", NEW, "value xxh64 md5", names("blake9 XXHash md5"), "", one_way=True)
LONG = "md5 " + "x" * 252
vector("checksum-list", "above-255-bytes", "SES-57", NEW, "value ", "8100" + LONG.encode().hex(), "counts as nothing in common", one_way=True)

here = os.path.dirname(os.path.abspath(__file__))
for folder in {v[0] for v in VECTORS}:
    shutil.rmtree(os.path.join(here, folder), ignore_errors=True)
    os.makedirs(os.path.join(here, folder))
for v in VECTORS:
    path = os.path.join(here, v[0], v[1] + ".vec")
    assert not os.path.exists(path), path
    with open(path, "w") as file:
        file.write(render(*v))
