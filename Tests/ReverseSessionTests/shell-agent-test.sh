#!/bin/sh
# The shell agent against a gate made of stock rsync: `shell-agent-test.sh AGENT`. Prints one line per case; exit 1 if
# one failed. ssh is a stand-in that runs the gate at once, over the pipes it was given.
set -u
agent=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
source=$work/source; mkdir -p "$source/with space/sub" "$work/fake"
echo one >"$source/with space/one"; ln "$source/with space/one" "$source/with space/sub/same"; ln -s one "$source/with space/link"
root="$source/with space"

# ssh HOST REQUEST -> the gate named by GATE, the request where sshd puts it
cat >"$work/ssh" <<'EOF'
#!/bin/sh
SSH_ORIGINAL_COMMAND=$2 exec sh "$GATE"
EOF
# The rsync client's -e command: turns the server's argument vector into the opening, then carries bytes both ways and
# ends at the sender's end of file.
cat >"$work/bridge" <<'EOF'
#!/bin/sh
{ printf 'EBB/1 RUN\n'; shift; for word; do printf '%s\n' "$word" | sed 's/\\//g'; done; echo; } >&6
exec 7<&0; cat <&7 >&6 & cat <&5; kill $! 2>/dev/null; exit 0
EOF
cat >"$work/gate" <<'EOF'
[ "$SSH_ORIGINAL_COMMAND" = "backup root=$(printf %s "$ROOT" | od -An -v -tx1 | tr -d '\n' | tr ' ' %)" ] || exit 1
exec 5<&0 6>&1
rsync -aHR --blocking-io -e "$WORK/bridge" "gate:$ROOT" "$WORK/vault/" </dev/null >&2
EOF
chmod +x "$work/ssh" "$work/bridge"
export WORK="$work" ROOT="$root" EBB_SSH="$work/ssh"

check() { # NAME EXPECTED-STATUS ACTUAL-STATUS [MORE-CONDITION...]
    name=$1 expected=$2 actual=$3; shift 3
    if [ "$actual" = "$expected" ] && { [ $# = 0 ] || "$@"; }; then echo "passed $name"; else
        echo "failed $name: status $actual instead of $expected"; failed=1; sed 's/^/    /' "$work/stderr"; fi
}
run() { GATE=$1 "${AGENT_SHELL:-sh}" "$agent" host "$root" 2>"$work/stderr"; }

mkdir "$work/vault"
run "$work/gate"; status=$?
difference=$(rsync -nacHi --delete "$root/" "$work/vault$root/" 2>&1)
check 'a whole session' 0 "$status" [ -z "$difference" ]

# Gates that ask for something else; `rsync` in the path only leaves a mark.
printf '#!/bin/sh\ntouch %s\n' "$work/started" >"$work/fake/rsync"; chmod +x "$work/fake/rsync"
PATH=$work/fake:$PATH; export PATH
hostile() { # NAME STATUS OPENING-LINES...
    name=$1 expected=$2; shift 2
    printf '%s\n' "$@" >"$work/opening"
    printf 'cat "%s"; cat >/dev/null; exit "${GATE_STATUS:-0}"\n' "$work/opening" >"$work/hostile"
    run "$work/hostile"; status=$?
    check "$name" "$expected" "$status" [ ! -e "$work/started" ]
    rm -f "$work/started"
}
opening() { name=$1; shift; hostile "$name" 4 'EBB/1 RUN' rsync --server --sender "$@"; }
opening 'refuses another remote shell' --rsh=sh . "$root" ''
opening 'refuses an option with a value behind it' -e sh . "$root" ''
opening 'refuses removal of the source' -r --remove-source-files . "$root" ''
opening 'refuses arguments that come later' -sr . "$root" ''
opening 'refuses a list of files' --files-from=- . "$root" ''
opening 'refuses a second word in an option' '--timeout=5 --daemon' . "$root" ''
opening 'refuses a remote option' -M--log-file=/x . "$root" ''
opening 'refuses an empty option' '' . "$root" ''
opening 'refuses another root' -r . /etc ''
opening 'refuses one root more' -r . "$root" /etc ''
opening 'refuses its root twice' -r . "$root" "$root" ''
opening 'refuses a lack of roots' -r . ''
opening 'refuses a lack of the dot' -r "$root" ''
opening 'refuses a carriage return' "$(printf -- '-r\r')" . "$root" ''
hostile 'refuses another program' 4 'EBB/1 RUN' sh -c reboot ''
hostile 'refuses a receiver' 4 'EBB/1 RUN' rsync --server -r . "$root" ''
hostile 'refuses a greeting' 2 'Welcome to this host' ''
GATE_STATUS=5 hostile 'hands a refusal on' 5 'EBB/1 REFUSED busy since 02:15'
hostile 'does not take a refusal for success' 1 'EBB/1 REFUSED busy since 02:15'
# Ends inside the opening: the gate goes away by itself.
printf 'printf "EBB/1 RUN\\nrsync\\n--server\\n"; exit 0\n' >"$work/short"
run "$work/short"; check 'a break in the opening' 12 "$?" [ ! -e "$work/started" ]
printf 'exit 255\n' >"$work/short"
run "$work/short"; check 'hands the failure of ssh on' 255 "$?" [ ! -e "$work/started" ]
# Everything right: the mark appears, so the cases above could have failed.
printf '%s\n' 'EBB/1 RUN' rsync --server --sender -re.iL --numeric-ids --timeout=5 . "$root" '' >"$work/opening"
printf 'cat "%s"; cat >/dev/null; exit 0\n' "$work/opening" >"$work/good"
run "$work/good"; check 'starts what is right' 0 "$?" [ -e "$work/started" ]
exit "$failed"
