import { hasKey } from '../../scripts/lib/verify/keyed.ts'
import { statusSchema } from '../box/agent-status.ts'
import { type Agent, at, eventually } from './_agent.ts'
import type { Clause } from './_clause.ts'

const trace = 'datadog-agent-trace.service'

/** True until a key is provided. */
const keyless = ({ keyed }: Agent['context']): boolean => keyed === false

/** What an Agent does without a key, on a machine that was booted without one. */
export const keylessAgent: readonly Clause[] = [
  {
    line: 'without a key the core Agent still runs',
    when: keyless,
    run: async (t, { guest, status }) => {
      const { stdout } = await guest.run(['systemctl', 'is-active', 'datadog-agent.service'])
      t.is(stdout.trim(), 'active')
      t.is(typeof (await status()).pid, 'number')
    },
  },
  {
    line: 'without a key APIKeyStatus and APIKeyFailure are empty, which shows that there is none',
    when: keyless,
    run: async (t, { status }) => {
      const document = await status()
      t.deepEqual(at(document, 'forwarderStats', 'APIKeyStatus'), {})
      t.deepEqual(at(document, 'forwarderStats', 'APIKeyFailure'), {})
      t.false(hasKey(statusSchema.parse(document)))
    },
  },
  {
    line: 'without a key the trace-agent exits with 255, and its unit fails for good',
    when: keyless,
    run: async (t, { guest }) => {
      const failed = await eventually(async () => {
        const words = ['systemctl', 'show', '-p', 'ActiveState', '-p', 'ExecMainStatus', '--', trace]
        const { stdout } = await guest.run(words)
        return stdout.includes('ActiveState=failed') ? stdout : undefined
      })
      t.regex(failed ?? 'not failed', /ExecMainStatus=255/)
    },
  },
  {
    line: 'without a key nothing listens on 8126',
    when: keyless,
    run: async (t, { guest }) => {
      const { code } = await guest.run(['bash', '-c', '(exec 3<>/dev/tcp/127.0.0.1/8126) 2>/dev/null'])
      t.not(code, 0)
    },
  },
  {
    line: 'without a key health exits with 255',
    when: keyless,
    run: async (t, { guest }) => void t.is((await guest.run(['datadog-agent', 'health'])).code, 255),
  },
]
