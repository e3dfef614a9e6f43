#!/bin/sh
# Reverse mode with nothing but sh, ssh and rsync, as 10-reverse.md has it: shell-agent.sh [USER@]HOST ROOT...
host=$1; shift; request=backup; options=; seen=0; umask 077; allowed='-[vnlHogDtprcIRxWS]+(e[.][A-Za-z0-9]*)?|--numeric-ids|--timeout=[0-9]+'
say() { echo "shell-agent: $*" | LC_ALL=C tr -cd '[:print:]\n' >&2; }
end() { exec 3>&- 4<&-; wait "$ssh"; status=$?; [ "$status" != 0 ] || status=$1; exit "${2:-$status}"; }
refuse() { say "the gate asks for $1; nothing was started"; end 4 4; }
next() { IFS= read -r word <&4 || { say 'the connection ended before the gate had answered'; end 12; }; }
for root; do request="$request root=$(printf %s "$root" | od -An -v -tx1 | tr -d '\n' | tr ' ' %)"; done
trap 'exit 20' HUP INT TERM; trap 'rm -rf "$pipes"' EXIT; pipes=$(mktemp -d) && mkfifo "$pipes/up" "$pipes/down" || exit 11
${EBB_SSH:-ssh -T} "$host" "$request" <"$pipes/up" >"$pipes/down" & ssh=$!
exec 3>"$pipes/up" 4<"$pipes/down"
next; case $word in 'EBB/1 RUN') ;; 'EBB/1 REFUSED '*) say "$word"; end 1 ;; *) say "not a gate: $word"; end 2 2 ;; esac
for expected in rsync --server --sender; do next; [ "$word" = "$expected" ] || refuse "$word instead of $expected"; done
while next; [ "$word" != . ]; do printf '%s\n' "$word" | LC_ALL=C grep -Eqx -e "$allowed" || refuse "option $word"; options="$options $word"; done
while next; [ -n "$word" ]; do [ "$word" = "$1" ] || refuse "root $word"; seen=$((seen + 1)); set -- "$@" "$1"; shift; done
[ "$seen" = "$#" ] || refuse 'other roots than its own'
rsync --server --sender $options . "$@" <&4 >&3 3>&- 4<&-
end "$?"
