import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { CommandResult } from '../../scripts/lib/verify/command.ts'
import { hasKey } from '../../scripts/lib/verify/keyed.ts'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'
import { type AgentStatus, statusSchema } from './agent-status.ts'
import { processFile } from './container.ts'
import type { Guest } from './guest.ts'
import { waitFor } from './wait.ts'

/** The Agent at one moment: its unit, its process before and after it answered, and its answer. */
export interface Observation {
  /** `systemctl show`, with `Owner` (the user of its main process) and `After` (its process once it has answered). */
  readonly unit: ReadonlyMap<string, string>
  /** Seconds since the unit became active. */
  readonly uptime: number
  readonly status: AgentStatus
}

const mark = 'boxhound-status'

/**
 * One command for everything: on an emulated processor a new session costs as much as the commands in it.
 *
 * $1 is the file with the process id of the Agent's container, empty without one: there the unit's main process is
 * podman's monitor.
 */
const script = `
unit=datadog-agent.service
process() { if [ -n "$1" ]; then echo "MainPID=$(cat "$1")"; else systemctl show -p MainPID "$unit"; fi; }
state=$(systemctl show -p ActiveState -p SubState -p NRestarts -p ActiveEnterTimestampMonotonic "$unit")
pid=$(process "$1")
echo "$state"
echo "$pid"
pid=\${pid#MainPID=}
stat -c Owner=%U "/proc/$pid"
echo ${mark}
datadog-agent status --json
code=$?
echo
echo ${mark}
read -r uptime _ </proc/uptime
echo "Code=$code"
echo "Uptime=$uptime"
pid=$(process "$1")
echo "After=\${pid#MainPID=}"
`

const fieldsOf = (text: string): [string, string][] =>
  text
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])

/** Reads what the script printed. @throws E_AGENT_STATUS when the Agent did not answer. */
export const readObservation = (stdout: string, stderr: string): Observation => {
  const [before = '', answer = '', after = ''] = stdout.split(`${mark}\n`)
  const unit = new Map([...fieldsOf(before), ...fieldsOf(after)])
  const document = unit.get('Code') === '0' ? jsonIn(answer) : undefined
  if (document === undefined) {
    throw new BoxhoundError(
      'E_AGENT_STATUS',
      `datadog-agent status --json: exit status ${unit.get('Code') ?? 'unknown'}`,
      {
        expected: `a running Agent that answers (its unit is ${unit.get('ActiveState') ?? 'unknown'})`,
        found: [stderr, answer]
          .map((text) => text.trim().slice(-500))
          .filter((text) => text !== '')
          .join('\n'),
      },
    )
  }
  const since = Number(unit.get('ActiveEnterTimestampMonotonic')) / 1_000_000
  return { unit, uptime: Number(unit.get('Uptime')) - since, status: statusSchema.parse(document) }
}

/** Whether the Agent's command port answers: on this machine, or in the network of its container. */
const answersIn = (guest: Guest): string => {
  const connect = '(exec 3<>/dev/tcp/127.0.0.1/5001) 2>/dev/null'
  const file = containerFile(guest)
  const ask =
    file === ''
      ? connect
      : `nsenter --net="/proc/$(cat ${file} 2>/dev/null)/ns/net" -- bash -c '${connect}' 2>/dev/null`
  return `[ -s /etc/datadog-agent/auth_token ] && ${ask}`
}

const containerFile = ({ context: { expectations } }: Guest): string =>
  // Images published before Agents ran in containers don't say.
  expectations.container == null ? '' : processFile(expectations.container.name)

/** Exit status of `ifItAnswers` while the Agent can't be queried yet. */
const notYet = 75

/** Test and command share one session: a new one costs as much as the commands in it. */
const ifItAnswers = (answers: string): string => `if ${answers}; then exec "$@"; else exit ${notYet}; fi`

/** One shared wait for all checks that need the Agent; otherwise each would hold a session of its own. */
const awaitAgent = (guest: Guest): Promise<unknown> =>
  guest.once('agent', () => waitFor(guest, answersIn(guest), { name: 'wait for the Agent', units: ['datadog-agent'] }))

/**
 * Runs a command that queries the Agent, waiting until the Agent can be queried. If the wait times out the command runs
 * anyway, and the caller gets the Agent's own answer.
 */
export const runWithAgent = async (guest: Guest, words: readonly string[], name: string): Promise<CommandResult> => {
  const first = await guest.run(['bash', '-c', ifItAnswers(answersIn(guest)), 'ask', ...words], { name })
  if (first.code !== notYet) return first
  await awaitAgent(guest)
  return guest.run(words, { name })
}

const recent = new WeakMap<Guest, { at: number; observation: Promise<Observation> }>()
const freshFor = 1500

/** The Agent's current state, at most a moment old, so that checks polling at the same time share one command. */
export const observeAgent = (guest: Guest): Promise<Observation> => {
  const known = recent.get(guest)
  if (known !== undefined && Date.now() - known.at < freshFor) return known.observation
  const observation = runWithAgent(
    guest,
    ['sh', '-c', script, 'status', containerFile(guest)],
    'datadog-agent status',
  ).then(({ stdout, stderr }) => readObservation(stdout, stderr))
  const entry = { at: Number.POSITIVE_INFINITY, observation }
  recent.set(guest, entry)
  // The age counts from the answer, not from the request.
  const answered = (): void => {
    entry.at = Date.now()
  }
  observation.then(answered, answered)
  return observation
}

/** The Agent's own status. */
export const agentStatus = async (guest: Guest): Promise<AgentStatus> => (await observeAgent(guest)).status

/** Whether this instance has an API key: as the caller knows, or else as the Agent reports. */
export const isKeyed = (guest: Guest): Promise<boolean> =>
  guest.once('keyed', async () => guest.context.keyed ?? hasKey(await agentStatus(guest)))
