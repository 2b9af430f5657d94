import { eventually } from './_agent.ts'
import type { Clause } from './_clause.ts'

/** Facts that hold only while no Agent runs. For disposable machines only, since the Agent is stopped. Runs last. */
export const stoppedAgent: readonly Clause[] = [
  {
    line: 'configcheck, status and health need a running Agent',
    when: ({ disposable }) => disposable,
    run: async (t, { guest }) => {
      await guest.run(['systemctl', 'stop', 'datadog-agent.service'])
      for (const words of [['status', '--json'], ['health'], ['configcheck']]) {
        const { code, stderr } = await guest.run(['datadog-agent', ...words])
        t.is(code, 255, words.join(' '))
        t.regex(stderr, /^Error: /m)
      }
    },
  },
  {
    line: 'datadog-agent-trace.service stops and starts with datadog-agent.service',
    when: ({ disposable }) => disposable,
    run: async (t, { guest }) => {
      const state = async (): Promise<string> =>
        (await guest.run(['systemctl', 'is-active', 'datadog-agent-trace.service'])).stdout.trim()
      t.not(await state(), 'active')
      await guest.run(['systemctl', 'start', 'datadog-agent.service'])
      t.is(await eventually(async () => ((await state()) === 'active' ? 'active' : undefined)), 'active')
    },
  },
]
