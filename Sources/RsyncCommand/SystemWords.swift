import Glibc
import RsyncEngine
import RsyncHost
import RsyncOptions

/// The system's words for its error numbers, and the few facts about this process that a command needs.
enum SystemWords {
    static let invalid = EINVAL
    static let notADirectory = ENOTDIR

    /// `No such file or directory (2)`.
    static func text(_ number: Int32) -> String { errorText(number) }

    /// Absolute; empty when it cannot be told.
    static func workingDirectory() -> [UInt8] {
        guard let path = unsafe getcwd(nil, 0) else { return [] }
        defer { unsafe free(path) }
        return unsafe Array(String(cString: path).utf8)
    }

    static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    static func currentUmask() -> UInt32 {
        let mask = umask(0o77)
        umask(mask)
        return UInt32(mask)
    }

    /// Seconds east of UTC that local time is at a moment.
    static func zoneOffset(_ seconds: Int64) -> Int {
        var moment = time_t(seconds)
        var parts = tm()
        guard unsafe localtime_r(&moment, &parts) != nil else { return 0 }
        return parts.tm_gmtoff
    }

    static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// The system's and the user's popt files (ARG-82).
    static func aliases() -> OptionAliases {
        var aliases = OptionAliases()
        let home = variable("HOME").map { Array(($0 + "/.popt").utf8) }
        for path in [Array("/etc/popt".utf8), home] {
            if let path, case .success(let content) = contents(of: path, .trusting) { aliases.add(file: content) }
        }
        return aliases
    }

    /// From now to the next time that has the parts that are given; nil for one that the calendar does not have. Not more
    /// than 0: all of a time was given, and it is over.
    static func secondsUntil(_ wanted: StopTime) -> Int64? {
        let now = time(nil)
        var current = tm()
        var moment = now
        guard unsafe localtime_r(&moment, &current) != nil else { return nil }
        var parts = current
        parts.tm_sec = 0
        parts.tm_isdst = -1
        if let year = wanted.year {
            parts.tm_year = year - (year < 100 ? 0 : 1900)
            while year < 100, parts.tm_year < current.tm_year { parts.tm_year += 100 }
        }
        if let month = wanted.month { parts.tm_mon = month - 1 }
        if let day = wanted.day { parts.tm_mday = day }
        // A day alone is its beginning.
        parts.tm_hour = wanted.hour ?? (wanted.minute == nil ? 0 : current.tm_hour)
        parts.tm_min = wanted.minute ?? 0
        func seconds(_ parts: tm) -> Int64 {
            var parts = parts
            return Int64(unsafe mktime(&parts)) - Int64(now)
        }
        let left = seconds(parts)
        guard left <= 0, wanted.year == nil else { return left }
        if wanted.month != nil {
            parts.tm_year += 1
        } else if wanted.day != nil {
            parts.tm_mon += 1
        } else if wanted.hour != nil {
            parts.tm_mday += 1
        } else {
            parts.tm_hour += 1
        }
        return seconds(parts)
    }

    static func milliseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// A seed that differs between runs and is never 0 (SES-74).
    static func seed() -> Int32 {
        let value = Int32.random(in: .min ... .max)
        return value == 0 ? 1 : value
    }

    static var processId: Int32 { getpid() }

    /// Since 1970.
    static func seconds() -> Int64 { Int64(time(nil)) }

    /// To be appended to.
    static func openLog(_ path: [UInt8], _ rules: PathRules) -> Result<Int32, SystemFailure> {
        opened(path, rules, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }

    private static func opened(
        _ path: [UInt8], _ rules: PathRules, _ flags: Int32, _ mode: UInt32 = 0
    ) -> Result<Int32, SystemFailure> {
        do throws(FileError) {
            return .success(try rules.open(path, flags: flags | O_CLOEXEC, mode: mode))
        } catch {
            return .failure(SystemFailure(number: error.errno))
        }
    }

    /// Emptied if it is there.
    static func openNew(_ path: [UInt8], _ rules: PathRules, mode: UInt32) -> Result<Int32, SystemFailure> {
        opened(path, rules, O_WRONLY | O_CREAT | O_TRUNC, mode)
    }

    /// For reading; EINVAL for anything but a regular file.
    static func openRegular(_ path: [UInt8], _ rules: PathRules) -> Result<Int32, SystemFailure> {
        openItem(path, rules) { $0 == S_IFREG }
    }

    private static func openItem(
        _ path: [UInt8], _ rules: PathRules, _ allows: (mode_t) -> Bool
    ) -> Result<Int32, SystemFailure> {
        let descriptor: Int32
        switch opened(path, rules, O_RDONLY | O_NONBLOCK) {
        case .success(let opened): descriptor = opened
        case .failure(let failure): return .failure(failure)
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, allows(status.st_mode & S_IFMT) else {
            close(descriptor)
            return .failure(SystemFailure(number: EINVAL))
        }
        return .success(descriptor)
    }

    /// A regular file or a FIFO, which may have no writer yet.
    static func openBatch(_ path: [UInt8], _ rules: PathRules) -> Result<Int32, SystemFailure> {
        openItem(path, rules) { $0 == S_IFREG || $0 == S_IFIFO }
    }

    static func closeFile(_ descriptor: Int32) { close(descriptor) }

    /// nil when all of it is written.
    static func writeAll(_ bytes: [UInt8], _ range: Range<Int>, to descriptor: Int32) -> SystemFailure? {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        var at = range.lowerBound
        while at < range.upperBound {
            let end = range.upperBound
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + at, end - at) }
            if count < 0 {
                if errno == EINTR { continue }
                return SystemFailure(number: errno)
            }
            at += count
        }
        return nil
    }

    /// The words of this process' command line before those that are the command's own.
    static func program(before words: [[UInt8]]) -> [[UInt8]] {
        let all = CommandLine.arguments.map { Array($0.utf8) }
        return all.count > words.count ? Array(all.dropLast(words.count)) : Array(all.prefix(1))
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Whole content of a file, or of standard input for `-`.
    static func contents(of path: [UInt8], _ rules: PathRules) -> Result<[UInt8], SystemFailure> {
        if path == [UInt8(ascii: "-")] { return read(0) }
        switch opened(path, rules, O_RDONLY) {
        case .failure(let failure): return .failure(failure)
        case .success(let descriptor):
            defer { close(descriptor) }
            return read(descriptor)
        }
    }

    private static func read(_ descriptor: Int32) -> Result<[UInt8], SystemFailure> {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return .success(content) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(SystemFailure(number: errno))
            }
            content.append(contentsOf: buffer[0..<count])
        }
    }

    /// nil for what is no regular file: opening a fifo would wait for ever, and directories are looked through for names
    /// that anything may have.
    static func contents(ofRegularFile path: [UInt8], _ rules: PathRules) -> [UInt8]? {
        guard let descriptor = try? openRegular(path, rules).get() else { return nil }
        defer { close(descriptor) }
        return try? read(descriptor).get()
    }

    /// The directory this process is in, without symlinks.
    static func currentDirectory() -> [UInt8] {
        guard let path = unsafe getcwd(nil, 0) else { return [UInt8(ascii: "/")] }
        defer { unsafe free(path) }
        return unsafe [UInt8](String(cString: path).utf8)
    }

    /// Absolute and without `.`, `..` and repeated slashes, which are taken textually.
    static func absolutePath(_ path: [UInt8], from directory: [UInt8]) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let whole = path.first == slash ? path : directory + [slash] + path
        var components: [ArraySlice<UInt8>] = []
        for component in whole.split(separator: slash) where !component.elementsEqual(".".utf8) {
            if component.elementsEqual("..".utf8) { _ = components.popLast() } else { components.append(component) }
        }
        // Without `joined`, whose types take longer to be made than all of the rest.
        var cleaned: [UInt8] = []
        for component in components {
            cleaned.append(slash)
            cleaned.append(contentsOf: component)
        }
        return cleaned.isEmpty ? [slash] : cleaned
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&wait, 1, -1)
                    continue
                }
                return
            }
            done += count
        }
    }
}

struct SystemFailure: Error { let number: Int32 }
