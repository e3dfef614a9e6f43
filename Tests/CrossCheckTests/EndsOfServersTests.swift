import Glibc
import PeerKit
import Testing

/// How a server ends is what its stock client ends with, and nothing half-done stays behind.
struct EndsOfServersTests {
    private static let isRoot = geteuid() == 0

    /// The server is the client's own child, as behind `-e sudo`; its process id is in `pid`.
    private static let prologue = """
        printf '#!/bin/sh\\nshift; echo $$ >%s/pid; exec "$@"\\n' "$PWD" >shell; chmod +x shell; mkdir src to; head -c 30000000 /dev/urandom >src/big
        # Until something of the file is there, or nobody is left to bring it.
        begun() { until test "$(find to -type f -size +100k)"; do kill -0 $client 2>/dev/null || break; done; }
        # By what it is, too: its number may be another process's by now.
        gone() { while tr '\\0' ' ' 2>/dev/null </proc/$(cat pid)/cmdline | grep -q -e --server; do :; done; }

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

    /// A stock client looks a moment later whether the server it has ended by a signal has ended by itself, and would take over its status.
    @Test(.enabled(if: isRoot, "needs root")) func aFullDiskOfTheClient() throws {
        try compare(
            """
            mount -t tmpfs -o size=1500k none to
            for run in 1 2 3; do $STOCK -a -e ./shell --rsync-path=$RSYNC h:src/ to/ 2>err; echo "status $?"; gone; rm -rf to/*; done
            """, expecting: "status 11")
    }

    /// A command that does not heed the signal to end is left behind; stock clients are sometimes stuck there.
    @Test func aServerThatIsStopped() throws {
        let place = try TemporaryDirectory(prefix: "ebb-stopped")
        let script = Self.prologue + """
            ln -s "$0" rsync; ./rsync -a --bwlimit=3000 --timeout=3 -e ./shell --rsync-path=$PWD/rsync src/ h:to/ >out 2>err & client=$!
            begun; kill -STOP $(cat pid); wait $client; echo "status $?"; kill -KILL $(cat pid)
            """
        let result = try CommandResult(["bash", "-c", "cd '\(place.path)'\n" + script, Programs.ebb], scratch: place.path + "/result")
        #expect(result.output == "status 30\n", "\(result.errors)")
    }

    /// The report comes when a file is complete; whoever else gets the signal ignores it.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["", "-v", "-i", "-q", "--out-format=%n-%l"], [true, false])
    func aWishForProgress(_ option: String, _ isPush: Bool) throws {
        try compare(
            """
            $RSYNC -r \(option) --bwlimit=15000 -e ./shell --rsync-path=$RSYNC \(isPush ? "src/ h:to/" : "h:src/ to/") >out 2>err & client=$!
            begun; pkill -VTALRM -P $client; kill -VTALRM $client; wait $client; echo "status $?"; cat err
            tr '\\r' '\\n' <out | sed 's,[0-9.]*.B/s *[0-9:]*,,; /^sent/d; /^total/d; /file list/d'
            """, expecting: "status 0")
    }

    /// Their numbers are not those of the pipes to the command.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["<&- 2>&-", "<&- >&- 2>&-", "2>&-", "<&-"])
    func closedStandardStreams(_ closed: String) throws {
        try compare("$RSYNC -a -e ./shell --rsync-path=$RSYNC src/ h:to/ \(closed); echo \"status $?\"; ls to", expecting: "status 0")
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
