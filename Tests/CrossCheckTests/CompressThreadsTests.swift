import Glibc
import Testing

/// XFR-111: what `--compress-threads` does shows nowhere but in the process.
struct CompressThreadsTests {
    private static let isRoot = geteuid() == 0

    @Test(.enabled(if: isRoot, "needs root"), arguments: [1, 3]) func areThere(_ count: Int) throws {
        try SideBySide.compare(
            """
            printf '#!/bin/sh\\nshift; exec "$@"\\n' >shell; chmod +x shell; mkdir src to; head -c 30000000 /dev/urandom >src/big
            tasks() {
                $RSYNC -a --bwlimit=3000 --zc=zstd $1 -e ./shell --rsync-path=$STOCK src/ h:to/ 2>err & client=$!
                until test "$(find to -type f -size +100k)"; do kill -0 $client 2>/dev/null || break; done
                ls /proc/$client/task | wc -l >count; kill $client; wait $client; rm -rf to; mkdir to
            }
            tasks ""; alone=$(cat count); tasks --compress-threads=\(count); echo "more: $(($(cat count) - alone))"
            """, expecting: "more: \(count)", #_sourceLocation)
    }
}
