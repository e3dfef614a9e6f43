#!/usr/bin/env python3
"""A library behind a shim (shim.md), in one file: a server that sends, protocols 27 to 29, without delta.

    rsync-conform run --shim -- Conformance/examples/tiny-sender.py

Knows -r -l -t -p -o -g and nothing else; what it does not know it says is unimplemented. Everything it does stands in a clause,
which the comments name.
"""
import json, os, stat, struct, sys

OLDEST, NEWEST = 27, 29


class Unimplemented(Exception):
    pass


class Refused(Exception):
    """Ends the session with an exit code."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def md4(data):
    """RFC 1320."""
    rol = lambda x, n: ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    data = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    rounds = (
        (lambda x, y, z: (x & y) | (~x & z), 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
    )
    for at in range(0, len(data), 64):
        words = struct.unpack("<16I", data[at:at + 64])
        a, b, c, d = state
        for mix, constant, order, turns in rounds:
            for step, index in enumerate(order):
                a = rol((a + mix(b, c, d) + words[index] + constant) & 0xFFFFFFFF, turns[step % 4])
                a, b, c, d = d, a, b, c
        state = [(x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


class Connection:
    """The session's bytes: what is read is plain, what is written goes into frames once they are on (SES-75, SES-81)."""

    def __init__(self, reading, writing):
        self.input, self.output = os.fdopen(reading, "rb"), os.fdopen(writing, "wb")
        self.framed, self.pending, self.received, self.sent = False, bytearray(), 0, 0

    def read(self, count):
        self.flush()
        data = self.input.read(count)
        if len(data) != count:
            raise Refused(12, "the stream ends in the middle")
        self.received += count
        return data

    def int(self):
        return struct.unpack("<i", self.read(4))[0]

    def write(self, data):
        self.pending += data
        if len(self.pending) >= 32768:
            self.flush()

    def flush(self):
        while self.pending:
            part = bytes(self.pending[:32768])
            del self.pending[:32768]
            self.output.write((struct.pack("<I", 7 << 24 | len(part)) if self.framed else b"") + part)
            self.sent += len(part)
        self.output.flush()

    def write_int(self, value):
        self.write(struct.pack("<i", value))

    def write_longint(self, value):
        self.write(struct.pack("<i", value) if value < 1 << 31 else struct.pack("<iq", -1, value))  # SES-11


class Request:
    """The server's arguments (ARG-1)."""

    def __init__(self, words):
        self.letters, paths, is_path = set(), [], False
        for word in words:
            if is_path:
                paths.append(word)
            elif word == b".":
                is_path = True
            elif word in (b"--server", b"--sender"):
                pass
            elif word.startswith(b"--"):
                raise Unimplemented(word.decode("latin-1"))
            else:
                for letter in word[1:].decode("latin-1").split("e")[0]:  # behind e stand capabilities: from protocol 30 on
                    if letter not in "rltpogv":
                        raise Unimplemented("-" + letter)
                    self.letters.add(letter)
        if not paths:
            raise Refused(1, "no source")
        self.paths = paths


class Entry:
    def __init__(self, path, name, status):
        self.path, self.name, self.status = path, name, status
        self.is_directory = stat.S_ISDIR(status.st_mode)


def scan(request, entries, failures):
    """What is sent, in any order (FLS-7)."""

    def add(path, name, top=False):
        try:
            status = os.lstat(path)
        except OSError as error:
            failures.append("%s: %s" % (path.decode("utf-8", "replace"), error.strerror))
            return
        kind = stat.S_IFMT(status.st_mode)
        if kind == stat.S_IFLNK and "l" not in request.letters or kind not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            return
        if kind == stat.S_IFDIR and "r" not in request.letters:
            return
        entries.append(Entry(path, name, status))
        entries[-1].is_top = top and kind == stat.S_IFDIR
        if kind == stat.S_IFDIR:
            for child in os.listdir(path):
                add(path + b"/" + child, child if name == b"." else name + b"/" + child)

    for path in request.paths:
        bare = path.rstrip(b"/") or b"/"
        contents = path.endswith(b"/") or bare in (b".", b"..") or path.endswith(b"/.")
        add(bare, b"." if contents else os.path.basename(bare), top=True)


def order(version):
    """The key both sides sort by: FLS-98 for protocols to 28, FLS-99 from 29 on."""

    def modern(entry):
        parts = entry.name.split(b"/")
        if entry.name == b".":
            return [(0, b"")]
        last = (1, parts[-1] + b"/") if entry.is_directory else (0, parts[-1])
        return [(1, part + b"/") for part in parts[:-1]] + [last]

    return modern if version >= 29 else lambda entry: entry.name


def send_list(line, request, entries, version):
    for entry in entries:
        status = entry.status
        # FLS-29: bit 6, the name's length is an int32; bit 0 marks a start directory. Nothing is taken from the entry before.
        line.write(bytes([0x40 | (1 if entry.is_top else 0)]))
        line.write_int(len(entry.name))
        line.write(entry.name)
        line.write_longint(status.st_size)
        line.write(struct.pack("<I", int(status.st_mtime) & 0xFFFFFFFF))
        line.write_int(status.st_mode)
        if "o" in request.letters:
            line.write_int(status.st_uid)
        if "g" in request.letters:
            line.write_int(status.st_gid)
        if stat.S_ISLNK(status.st_mode):
            target = os.readlink(entry.path)
            line.write_int(len(target))
            line.write(target)
    line.write(b"\0")


def send_file(line, data, seed):
    """A reply without a block of the basis: literals, the end, and the sum of the whole (XFR-43, XFR-113)."""
    for at in range(0, len(data), 32768):
        part = data[at:at + 32768]
        line.write_int(len(part))
        line.write(part)
    line.write_int(0)
    line.write(md4(struct.pack("<i", seed) + data))


def serve(request, line, errors):
    line.write_int(NEWEST)
    theirs = line.int()
    version = min(NEWEST, theirs)
    if not OLDEST <= version or theirs > 40:
        raise Refused(2, "protocol %d is not spoken here" % theirs)
    seed = int.from_bytes(os.urandom(4), "little") & 0x7FFFFFFF
    line.write_int(seed)
    line.flush()
    line.framed = True
    if line.int() != 0:
        raise Unimplemented("filter rules")

    entries, failures = [], []
    scan(request, entries, failures)
    send_list(line, request, entries, version)
    entries.sort(key=order(version))
    for letter in "og":  # FLS-88: no names, so that numbers stay
        if letter in request.letters:
            line.write_int(0)
    line.write_int(1 if failures else 0)
    errors += failures
    if not entries:
        line.flush()
        return 23 if failures else 0

    phase, last = 0, 1 if version < 29 else 2
    while True:
        index = line.int()
        if index == -1:  # SES-132
            phase += 1
            line.write_int(-1)
            if phase > last:
                break
            continue
        if index == len(entries) and version >= 29:  # MET-74: a keep-alive
            line.write_int(index)
            line.write(line.read(2))
            continue
        if not 0 <= index < len(entries):
            raise Refused(2, "there is no entry %d" % index)
        flags = 0x8000 if version < 29 else struct.unpack("<H", line.read(2))[0]
        extra = b""
        if version >= 29:
            extra = struct.pack("<H", flags)
            if flags & 0x0800:
                extra += line.read(1)
            if flags & 0x1000:
                length = line.read(1)
                if length[0] & 0x80:
                    length += line.read(1)
                count = length[0] if len(length) == 1 else (length[0] & 0x7F) << 8 | length[1]
                extra += length + line.read(count)
        if not flags & 0x8000:
            line.write_int(index)
            line.write(extra)
            continue
        if phase == 2 or not stat.S_ISREG(entries[index].status.st_mode):
            raise Refused(2, "entry %d cannot be transferred" % index)
        head = struct.unpack("<4i", line.read(16))
        count, block, strong, remainder = head
        if count < 0 or not 0 <= block <= 1 << 29 or count and not block or not 0 <= strong <= 16 or not 0 <= remainder <= block:
            raise Refused(2, "a sum head that cannot be")  # XFR-27
        for _ in range(count):
            line.read(4 + strong)
        try:
            with open(entries[index].path, "rb") as file:
                data = file.read()
        except OSError as error:  # XFR-58: no reply
            failures.append(error.strerror)
            errors.append("%s: %s" % (entries[index].name.decode("utf-8", "replace"), error.strerror))
            continue
        line.write_int(index)
        line.write(extra + struct.pack("<4i", *head))
        send_file(line, data, seed)

    # SES-141, then the goodbye.
    total = sum(entry.status.st_size for entry in entries if not entry.is_directory)
    for value in (line.received, line.sent, total) + ((1, 0) if version >= 29 else ()):
        line.write_longint(value)
    if line.int() != -1:
        raise Refused(2, "no goodbye")
    return 23 if failures else 0


def escaped(text):
    """Words hold any bytes: \\xNN is one, \\\\ a backslash."""
    data, out, at = text.encode(), bytearray(), 0
    while at < len(data):
        if data[at:at + 2] == b"\\x":
            out.append(int(data[at + 2:at + 4], 16))
            at += 4
        else:
            at += 1 if data[at:at + 2] == b"\\\\" else 0
            out.append(data[at])
            at += 1
    return bytes(out)


def main():
    def say(**message):
        print(json.dumps(message), flush=True)

    for text in sys.stdin:
        message = json.loads(text)
        if "hello" in message:
            say(hello={"name": "tiny-sender", "version": "1.0", "protocols": "27-29", "roles": ["server-sender"],
                       "features": ["symlinks", "checksum:md4"]})
        elif "run" in message:
            run, errors = message["run"], []
            try:
                os.chdir(run["directory"])
                line = Connection(run["read"], run["write"])
                code = serve(Request([escaped(word) for word in run["arguments"]]), line, errors)
                line.flush()
            except Unimplemented as what:
                say(unimplemented=str(what))
                return
            except Refused as refusal:
                code = refusal.code
                errors.append(str(refusal))
            except BrokenPipeError:
                code = 12
                errors.append("the other side is gone")
            say(result={"exit": code, "errors": "".join("tiny-sender: %s\n" % error for error in errors)})
            return


main()
