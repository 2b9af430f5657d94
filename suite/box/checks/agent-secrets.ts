import { parse } from 'yaml'
import type { Expectations } from '../../../scripts/lib/render/rendered-box.ts'
import type { CommandResult } from '../../../scripts/lib/verify/command.ts'
import { runWithAgent } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { differences } from '../settings.ts'
import { judge, notJudged, type Verdict } from '../verdict.ts'

type Store = NonNullable<Expectations['agent']['secrets']>
type Answer = Pick<CommandResult, 'code' | 'stdout' | 'stderr'>

const trial = '/usr/lib/boxhound/first-boot.d/main/55-agent-secrets'

/** Owner and mode of the user's program, as `stat -c '%U %a'` prints them. */
const rightsProblems = (command: string, { stdout, stderr }: Answer): string[] => {
  const found = stdout.trim()
  if (/^dd-agent [57]00$/.test(found)) return []
  return [`${command}: owner and mode are ${found || stderr.trim()}, not dd-agent 500: the Agent would not start it`]
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/**
 * Judges where the Agent's key comes from: its settings, the rights of the user's program, and what the store answers
 * now, asked as dd-agent.
 *
 * @param config of `datadog-agent config`.
 * @param asked the trial that first boot makes, once more.
 * @param rights undefined without a program of the user's.
 */
export const judgeSecrets = (
  { settings, command }: Store,
  config: Answer,
  asked: Answer,
  rights: Answer | undefined,
): Verdict => {
  const expected = `the Agent resolves its key by ${settings.secret_backend_type ?? command}, and the store has it`
  const problems = [
    ...(config.code === 0
      ? differences(settings, parse(config.stdout))
      : [`datadog-agent config: ${config.stderr.trim()}`]),
    ...(command === null || rights === undefined ? [] : rightsProblems(command, rights)),
    ...(asked.code === 0 ? [] : [lastLine(asked.stdout) || asked.stderr.trim().slice(-300)]),
  ]
  const answer = lastLine(asked.stdout)
  if (problems.length === 0 && /^(?:not tried|a key was given)/.test(answer)) return notJudged(expected, answer)
  return judge(expected, answer, problems)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { secrets } = guest.context.expectations.agent
    if (secrets === undefined) throw new TypeError('a box without agent.secrets has no such check')
    const { command } = secrets
    const look = (path: string) => guest.run(['stat', '-c', '%U %a', '--', path])
    return guest.until(async () => {
      const config = await runWithAgent(guest, ['datadog-agent', 'config'], 'datadog-agent config')
      const asked = await guest.run([trial, 'once'], { name: '55-agent-secrets' })
      return judgeSecrets(secrets, config, asked, command === null ? undefined : await look(command))
    }, 'the Agent’s key from its secret store')
  },
}
