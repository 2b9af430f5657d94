// Asks one host for its facts: one connection, one command, one JSON document.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { jsonIn } from '../verify/output-json.ts'
import { quoteWord } from '../verify/quote.ts'
import type { Endpoint } from './endpoint.ts'
import { type Facts, readFacts } from './facts.ts'
import { type Answer, ask } from './login.ts'

/** The program that describes a host, and the probes that it runs. */
export interface Gatherer {
  readonly program: string
  readonly probes: Readonly<Record<string, string>>
}

/** @param tool boxhound’s own folder, with suite/. */
export const loadGatherer = async (tool: string): Promise<Gatherer> => {
  const read = (path: string): Promise<string> => readFile(join(tool, 'suite', path), 'utf8')
  const [program, keys, logs, receiver] = await Promise.all([
    read('host/gather.py'),
    read('box/probes/keys.py'),
    read('box/probes/logs.py'),
    read('contract/receiver.py'),
  ])
  return { program, probes: { keys, logs, receiver } }
}

/**
 * The Agent's own Python first: it is never older than 3.8. As root, by sudo -n, or, where neither is possible, as the
 * user, who sees less. One line, since csh takes no more in quotes.
 */
const launcher = [
  'for python in /opt/datadog-agent/embedded/bin/python3 python3 /usr/libexec/platform-python; do',
  'command -v "$python" >/dev/null 2>&1 || continue;',
  `"$python" -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null || continue;`,
  'if [ "$(id -u)" = 0 ]; then exec "$python" -ISB - "$1"; fi;',
  'if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then exec sudo -n -- "$python" -ISB - "$1"; fi;',
  'exec "$python" -ISB - "$1";',
  'done;',
  "echo 'boxhound: this host has no Python 3.7 or newer' >&2;",
  'exit 127',
].join(' ')

/** Far more than the facts of a host with hundreds of checks. */
const largest = 4 << 20

/** Seconds that the login and the way back may take of a host's deadline. */
const overhead = 5

export interface GatherOptions {
  readonly gatherer: Gatherer
  readonly active: boolean
  /** In seconds, for everything that concerns this host. */
  readonly deadline: number
  readonly signal?: AbortSignal
}

const unusable = ({ code, stdout, stderr }: Answer): BoxhoundError =>
  new BoxhoundError('E_HOST_FACTS', 'the host did not describe itself', {
    expected: 'one JSON document',
    found: [`exit status ${code}`, stderr.trim().slice(-500), stdout.trim().slice(-200)]
      .filter((x) => x !== '')
      .join('; '),
    next: code === 127 ? 'install python3 on it' : 'log in and see whether python3 runs there',
  })

/** What a host says about itself, and the fingerprint of its host key. @throws BoxhoundError */
export const gather = async (
  endpoint: Endpoint,
  { gatherer, active, deadline, signal }: GatherOptions,
): Promise<{ readonly facts: Facts; readonly hostKey: string }> => {
  const input = { seconds: Math.max(1, deadline - overhead), active, probes: gatherer.probes }
  // The user's shell may be any; sh is everywhere.
  const command = `sh -c ${quoteWord(launcher)} sh ${quoteWord(JSON.stringify(input))}`
  const answer = await ask(endpoint, {
    command,
    stdin: gatherer.program,
    limit: largest,
    deadline,
    ...(signal === undefined ? {} : { signal }),
  })
  const facts = readFacts(jsonIn(answer.stdout))
  if (facts === undefined) throw unusable(answer)
  return { facts, hostKey: answer.hostKey }
}
