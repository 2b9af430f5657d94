// Stops processes that a lost connection left on the target.

import { quoteCommand } from './quote.ts'
import type { Target } from './results.ts'

/**
 * Stops every process of an SSH connection: those with its SSH_CONNECTION in their environment, and their children,
 * since sudo clears that variable. First with SIGTERM, then with SIGKILL.
 */
const ending = `
import os, signal, sys, time

MARK = sys.argv[1].encode()


def family():
    parents, found = {}, set()
    for pid in (int(name) for name in os.listdir('/proc') if name.isdigit()):
        try:
            with open(f'/proc/{pid}/stat', 'rb') as file:
                stat = file.read()
            with open(f'/proc/{pid}/environ', 'rb') as file:
                marked = MARK in file.read().split(b'\\0')
        except OSError:
            continue
        state, parent = stat[stat.rindex(b')') + 2 :].split()[:2]
        if state == b'Z':
            continue
        parents[pid] = int(parent)
        if marked:
            found.add(pid)
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {os.getpid()}


for number, pause in [(signal.SIGTERM, 1)] + [(signal.SIGKILL, 0.2)] * 20:
    found = family()
    if not found:
        break
    for pid in found:
        try:
            os.kill(pid, number)
        except OSError:
            pass
    time.sleep(pause)
`

/**
 * Finds this connection's server process among its ancestors, and waits until it is gone. If there is none, there is
 * nothing to guard.
 */
const watching = `
ending=$1
at=$$
login=$$
while :; do
  read -r stat <"/proc/$at/stat" || exit 0
  name=\${stat#*(}
  name=\${name%)*}
  set -- \${stat##*) }
  case $name in sshd* | dropbear*) break ;; esac
  login=$at
  at=$2
  [ "$at" -gt 1 ] || exit 0
done
shift 19
start=$1
mark=$(tr '\\0' '\\n' <"/proc/$login/environ" | grep '^SSH_CONNECTION=') || exit 0
lives() {
  read -r stat <"/proc/$at/stat" || return 1
  set -- \${stat##*) }
  # A zombie is gone; who should reap it may never do so.
  [ "$1" != Z ] || return 1
  shift 19
  [ "$1" = "$start" ]
}
{
  trap '' HUP
  while lives; do sleep 1; done
  exec python3 -ISB -c "$ending" "$mark"
} </dev/null >/dev/null 2>&1 &
`

/**
 * A command that makes the target stop whatever this connection runs there once the connection is gone. sshd doesn't do
 * that: without a terminal a command keeps running, as root, after Ctrl-C, a kill or a crash on this side.
 */
export const guardCommand = ({ user }: Pick<Target, 'user'>): string =>
  quoteCommand([...(user === 'root' ? [] : ['sudo', '-n', '--']), 'sh', '-c', watching, 'guard', ending])
