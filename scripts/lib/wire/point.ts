import { BoxhoundError } from '../_helpers/errors.ts'
import type { Expectations } from '../render/types.ts'
import { quoteWord } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'
import type { Provoked } from './checks.ts'

const environmentFile = '/etc/datadog-agent/environment'

/** Settings that send an Agent's metrics, traces and logs to a port of the guest's own loopback; the real Agent's names. */
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
  throw new BoxhoundError('E_WIRE', `${name} failed in the machine`, {
    expected: 'exit status 0',
    found: `${code}: ${stderr.trim().slice(-500)}`,
  })
}

/**
 * Points the Agent of a disposable machine at a port of its own loopback and starts it anew. The key is there already: it came by the
 * first boot as any instance's does.
 */
export const pointAgent = async (session: Session, port: number): Promise<void> => {
  const lines = Object.entries(intakeSettings(port)).map(([name, value]) => `${name}="${value}"\n`)
  await must(session, `cat >>${environmentFile}`, 'writing the addresses of the intake', lines.join(''))
  await must(session, 'systemctl restart datadog-agent', 'restarting the Agent')
}

const lineOf = (file: string): string => `boxhound: a line for the wire, in ${file.split('/').at(-1)}`

/**
 * Makes something happen that must arrive: each route of the app is called, and each log of the database gets a line by its own user.
 * Called again and again, since an Agent that starts may miss the first.
 */
export const provoke = async (session: Session, { app, database, agent }: Expectations): Promise<Provoked> => {
  if (app !== null) {
    const paths = app.routes.map(({ path }) => quoteWord(`http://127.0.0.1:${app.port}${path}`)).join(' ')
    // The guest has no curl of its own; each body is read and thrown away. An app that does not answer yet is asked again in the next
    // round: what arrives is judged, not this.
    await session.run(
      `python3 -c 'import sys, urllib.request as r; [r.urlopen(u, timeout=60).read() for u in sys.argv[1:]]' ${paths}`,
      { deadline: 180, name: 'calling the app' },
    )
  }
  const logs = database === null || !agent.logs ? [] : database.logs
  for (const file of logs)
    await must(
      session,
      `runuser -u "$(stat -c %U -- ${quoteWord(file)})" -- tee -a -- ${quoteWord(file)} >/dev/null`,
      `writing a line to ${file}`,
      `${lineOf(file)}\n`,
    )
  return { lines: Object.fromEntries(logs.map((file) => [file, lineOf(file)])) }
}
