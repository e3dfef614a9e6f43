import Glibc
import Testing

/// What is said, what the status is and what stays where something beside the transfer goes wrong: as with stock.
struct FailuresBesideStockTests {
    private static let isRoot = geteuid() == 0

    private static let prologue = """
        printf '#!/bin/sh\\nshift; exec "$@"\\n' >shell; chmod +x shell
        mkdir -p src/d to/d from; for f in a d/b; do echo new >src/$f; echo older >to/$f; done
        says() { sed "s,$(pwd -P),,g" err | grep "$1" | sort; }
        # Until something of the file is there, or nobody is left to bring it.
        begun() { until test "$(find to -type f -size +100k)"; do kill -0 $client 2>/dev/null || break; done; }
        large() { head -c 9000000 /dev/urandom >from/big; echo 1 >from/c; }

        """

    private func compare(_ script: String, expecting status: String, _ sourceLocation: SourceLocation = #_sourceLocation) throws {
        try SideBySide.compare(Self.prologue + script, expecting: status, sourceLocation)
    }

    private static let ways = [
        "$RSYNC OPTIONS src/ to/", "$STOCK OPTIONS -e ./shell --rsync-path=$RSYNC src/ h:$PWD/to/",
        "$RSYNC OPTIONS -e ./shell --rsync-path=$STOCK h:$PWD/src/ to/",
    ]

    /// MET-102.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ways)
    func aBackupThatCannotBeMadeEndsTheRun(_ way: String) throws {
        let command = way.replacing("OPTIONS", with: "-a -b --backup-dir=$PWD/bak")
        try compare("ln -s nowhere bak; \(command) 2>err; echo \"status $?\"; says keep_backup; cat to/a to/d/b", expecting: "status 11")
    }

    /// Delayed, each fails for itself.
    @Test(.enabled(if: isRoot, "needs root"))
    func aBackupOfADelayedFileThatCannotBeMade() throws {
        try compare(
            """
            ln -s nowhere bak; $RSYNC -r --delay-updates -b --backup-dir=$PWD/bak src/ to/ 2>err; echo "status $?"
            says 'keep_backup.*to/a'; says 'rename failed'; cat to/a to/d/b
            """, expecting: "status 23")
    }

    /// MET-98: nothing is kept, and that does not go by in silence.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ways)
    func aBackupDirectoryThatIsTheDestination(_ way: String) throws {
        let command = way.replacing("OPTIONS", with: "-a --delete -b --backup-dir=$PWD/to")
        try compare(
            """
            ln -s x src/l; ln -s y to/l; \(command) 2>err; echo "status $?"; says vanished | grep -v '^rsync warning'
            cat to/a to/d/b; readlink to/l
            """, expecting: "status 24")
    }

    /// FLS-139. With the whole name, in later lists beneath the destination. Stock's generator says it once more.
    @Test(arguments: ways) func aTargetThatCannotBeConverted(_ way: String) throws {
        let charsets = way.hasSuffix("to/") && way.contains("h:$PWD/src") ? "iso-8859-1,utf-8" : "utf-8,iso-8859-1"
        let command = way.replacing("OPTIONS", with: "-a --iconv=\(charsets)")
        try compare(
            """
            for l in src/l src/d/m; do ln -s "$(printf 'k\\343\\201\\202')" $l; done
            \(command) 2>err; echo "status $?"; says 'symlink data' | grep -v '^.generator'; ls to to/d
            """, expecting: "status 23")
    }

    /// MET-106.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["", "--delete-delay", "--delete-before", "--delete-after"])
    func aDryRunOverAnUnreadableDirectory(_ when: String) throws {
        try compare(
            """
            mkdir -p to/x/u to/x/v; echo 1 >to/x/f; chmod 0 to/x/u; chown -R 65534 to src
            setpriv --reuid=65534 --regid=65534 --clear-groups $RSYNC -anv --delete \(when) src/ to/ 2>err >out; echo "status $?"
            grep 'delet' out; says opendir
            """, expecting: "status 23")
    }

    @Test(.enabled(if: isRoot, "needs root"), arguments: [("nobody", "daemon"), ("daemon", "root"), ("root", "daemon")])
    func eachSideOfALocalCopyIsItsOwnUser(_ near: String, _ far: String) throws {
        try compare(
            """
            rm -r to/*; chmod 777 to; echo 2 >src/secret; chmod 600 src/secret
            $RSYNC -rpogO --copy-as=\(near) -M--copy-as=\(far) src/ to/ 2>err; echo "status $?"
            says 'failed to open'; cd to; stat -c '%U:%G %n' * d/*
            """, expecting: "status 23")
    }

    /// XFR-138.
    @Test(.enabled(if: isRoot, "needs root")) func aBatchThatComesThroughAFifo() throws {
        try compare(
            """
            cp -a to before; $STOCK -a --write-batch=batch src/ to/; mkfifo fifo; cat batch >fifo & 
            timeout 20 $RSYNC -a --read-batch=fifo before/ 2>err; echo "status $?"; cat before/a before/d/b
            $RSYNC -a --read-batch=src before/ 2>err; says Batch
            """, expecting: "status 0")
    }

    /// SES-163: whether somebody writes to it already or nobody does.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["exec 9>fifo", ":"])
    func aSignalEndsTheWaitForABatch(_ writer: String) throws {
        try compare(
            """
            mkfifo fifo; $RSYNC -a --read-batch=fifo to/ 2>err & client=$!
            \(writer)
            until ls -l /proc/$client/fd | grep -q fifo || grep -q partner /proc/$client/wchan; do [ $SECONDS -lt 20 ] || break; done
            kill -TERM $client; wait $client; echo "status $?"; sed 's/ at .*//' err
            """, expecting: "status 20")
    }

    /// XFR-58.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["mkdir from/c", "ln -s big from/c", "ln -s gone from/c", "true"])
    func aSourceOfAnotherTypeThanListed(_ change: String) throws {
        try compare(
            """
            large; rm -r to/*; $RSYNC -aW --bwlimit=3000 from/ to/ 2>err & client=$!
            begun; rm from/c; \(change); wait $client; case $? in 23 | 24) echo ended;; esac; says from/c
            """, expecting: "ended")
    }

    /// SES-163: the closing lines say it all.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["INT", "TERM", "HUP"])
    func aSignalHasNoWordsOfItsOwn(_ signal: String) throws {
        try compare(
            """
            large; rm -r to/*; $RSYNC -aW --bwlimit=3000 from/ to/ 2>err & client=$!
            begun; kill -\(signal) $client; wait $client; echo "status $?"; grep -v SIGUSR1 err | sed 's/ at .*//'
            """, expecting: "status 20")
    }

    /// MET-170: a server cannot know the charset of the terminal that its words come to.
    @Test(.enabled(if: isRoot, "needs root"), arguments: ["utf-8,ascii", "utf-8,iso88591", "utf-8,utf-8", "ascii,utf-8"])
    func namesThatCannotBeConverted(_ charsets: String) throws {
        try compare(
            """
            for n in 'cut\\303' '\\303\\251' 'wrong\\377' 'turn\\342\\200\\256'; do echo 1 >"from/$(printf "$n")"; done
            $RSYNC -r --iconv=\(charsets) from/ to/ 2>err; echo "status $?"; says convert
            """, expecting: "status 23")
    }
}
