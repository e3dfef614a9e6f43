import Glibc
import Testing

/// How a server ends is what its stock client ends with, and nothing half-done stays behind.
struct EndsOfServersTests {
    private static let isRoot = geteuid() == 0

    /// The server is the client's own child, as behind `-e sudo`; its process id is in `pid`.
    private static let prologue = """
        printf '#!/bin/sh\\nshift; echo $$ >%s/pid; exec "$@"\\n' "$PWD" >shell; chmod +x shell; mkdir src to; head -c 30000000 /dev/urandom >src/big
        # Until something of the file is there, or nobody is left to bring it.
        begun() { until test "$(find to -type f -size +100k)"; do kill -0 $client 2>/dev/null || break; done; }
        gone() { while kill -0 $(cat pid) 2>/dev/null; do :; done; }

        """

    @Test(.enabled(if: isRoot, "needs root"), arguments: ["", "--partial", "--inplace", "--sparse", "--preallocate", "-b"], [31, 32])
    func aFullDisk(_ option: String, _ version: Int) throws {
        try compare(
            """
            mount -t tmpfs -o size=1500k none to
            $STOCK -a --protocol=\(version) \(option) -e ./shell --rsync-path=$RSYNC src/ h:to/ 2>err; echo "status $?"
            grep -o 'do_fallocate.*\\|write failed on.*' err | sed "s,$PWD,,"
            ls -A to
            """, expecting: "status 11")
    }

    /// Below 31 the client is told by the end of the stream alone: what it makes of that, and whether it shows the words, is a race.
    @Test(.enabled(if: isRoot, "needs root"), arguments: [28, 29, 30]) func aFullDiskBelow31(_ version: Int) throws {
        try compare(
            """
            mount -t tmpfs -o size=1500k none to
            $STOCK -a --protocol=\(version) -e ./shell --rsync-path=$RSYNC src/ h:to/ 2>err; status=$?
            case $status in 10 | 11 | 12) echo ended;; *) echo "status $status";; esac; ls -A to
            """, expecting: "ended")
    }

    /// The client's signal to its child is SIGUSR1.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["-a", "-aP"], ["INT", "TERM"])
    func aClientThatIsInterrupted(_ options: String, _ signal: String) throws {
        try compare(
            """
            $STOCK \(options) --bwlimit=3000 -e ./shell --rsync-path=$RSYNC src/ h:to/ >out 2>err & client=$!
            begun; kill -\(signal) $client; wait $client; echo "status $?"; gone; ls -A to
            """, expecting: "status 20")
    }

    /// Which of the two a client notices first is a race, stock's too.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["TERM", "INT", "HUP", "USR1"], [true, false])
    func aServerThatIsInterrupted(_ signal: String, _ isPush: Bool) throws {
        try compare(
            """
            $STOCK -a --bwlimit=3000 -e ./shell --rsync-path=$RSYNC \(isPush ? "src/ h:to/" : "h:src/ to/") >out 2>err & client=$!
            begun; kill -\(signal) $(cat pid); wait $client; status=$?; gone; ls -A to
            case $status in 10 | 12 | 19 | 20) echo "ended";; *) echo "status $status";; esac
            """, expecting: "ended")
    }

    private func compare(_ script: String, expecting status: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        try SideBySide.compare(Self.prologue + script, expecting: status, sourceLocation)
    }
}
