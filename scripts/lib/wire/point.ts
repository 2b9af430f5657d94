// Points an Agent at the intake, reads its identity and triggers traffic.

import * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { jsonIn } from '../verify/output-json.ts'
import { quoteWord } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'
import type { Provoked } from './wire-check.ts'

const environmentFile = '/etc/datadog-agent/environment'

/**
 * Settings that send an Agent's metrics, traces and logs to a port on the guest's own loopback, by the real Agent's
 * names.
 */
export const intakeSettings = (port: number): Readonly<Record<string, string>> => ({
  DD_DD_URL: `http://127.0.0.1:${port}`,
  DD_APM_DD_URL: `http://127.0.0.1:${port}`,
  DD_LOGS_CONFIG_LOGS_DD_URL: `127.0.0.1:${port}`,
  DD_LOGS_CONFIG_LOGS_NO_SSL: 'true',
  DD_LOGS_CONFIG_FORCE_USE_HTTP: 'true',
})

const must = async (session: Session, command: string, name: string, stdin = ''): Promise<string> => {
  const { code, stdout, stderr } = await session.run(command, { stdin, deadline: 180, name })
  if (code === 0) return stdout
  throw new BoxhoundError('E_WIRE', `${name} failed on the machine`, {
    expected: 'exit status 0',
    found: `${code}: ${stderr.trim().slice(-500)}`,
  })
}

/** An Agent that sends to the intake. */
export interface Pointed {
  /** Its own name for its host. */
  readonly host: string
  /** Seconds since 1970 by the machine's clock, just before the Agent was started. */
  readonly started: number
  /** Seconds by which the machine's clock is ahead of this one's; negative if behind. */
  readonly ahead: number
}

const unreadable = (what: string, found: string): BoxhoundError =>
  new BoxhoundError('E_WIRE', `cannot read ${what} from the machine`, { found: found.trim().slice(-500) })

const clockOf = async (session: Session): Promise<number> => {
  const text = await must(session, 'date +%s', 'reading the clock')
  if (!/^\d+\s*$/.test(text)) throw unreadable('the time', text)
  return Number(text)
}

/**
 * Only the running Agent knows a name from its unit's environment: `datadog-agent hostname` computes one without it.
 * The Agent's status has the name as `metadata.meta.hostname`.
 */
const askHost = `timeout 150 sh -c 'until datadog-agent status --json 2>/dev/null; do sleep 1; done'`

const statusSchema = z.object({ metadata: z.object({ meta: z.object({ hostname: z.string().regex(/^\S+$/) }) }) })

/**
 * Points the Agent of a disposable machine at a port on its own loopback and restarts it. The key is already there,
 * since it came at first boot as on any instance.
 *
 * @returns how to identify its payloads, once it responds.
 */
export const pointAgent = async (session: Session, port: number): Promise<Pointed> => {
  const lines = Object.entries(intakeSettings(port)).map(([name, value]) => `${name}="${value}"\n`)
  await must(session, `cat >>${environmentFile}`, 'writing the addresses of the intake', lines.join(''))
  const started = await clockOf(session)
  const ahead = started - Date.now() / 1000
  await must(session, 'systemctl restart datadog-agent', 'restarting the Agent')
  const answer = await must(session, askHost, 'asking the Agent for its host name')
  const status = statusSchema.safeParse(jsonIn(answer))
  if (!status.success) throw unreadable('the Agent’s host name', answer)
  return { host: status.data.metadata.meta.hostname, started, ahead }
}

const lineOf = (file: string): string => `boxhound: a line for the wire, in ${file.split('/').at(-1)}`

/**
 * Generates data that has to arrive: calls each route of the app, and adds a line to each log of the database, as that
 * log's user. Called repeatedly, because an Agent that is starting may miss the first lines.
 *
 * @returns the lines by file.
 */
export const provoke = async (session: Session, { app, database, agent }: Expectations): Promise<Provoked['lines']> => {
  if (app !== null) {
    const paths = app.routes.map(({ path }) => quoteWord(`http://127.0.0.1:${app.port}${path}`)).join(' ')
    // The guest has no curl; each body is read and discarded. If the app does not respond yet, the next round tries
    // again: what arrives is judged, not this.
    await session.run(
      `python3 -c 'import sys, urllib.request as r; [r.urlopen(u, timeout=60).read() for u in sys.argv[1:]]' ${paths}`,
      { deadline: 180, name: 'calling the app' },
    )
  }
  const logs = database === null || !agent.logs ? [] : database.logs
  for (const { path: file } of logs)
    await must(
      session,
      `runuser -u "$(stat -c %U -- ${quoteWord(file)})" -- tee -a -- ${quoteWord(file)} >/dev/null`,
      `writing a line to ${file}`,
      `${lineOf(file)}\n`,
    )
  return Object.fromEntries(logs.map(({ path }) => [path, lineOf(path)]))
}
