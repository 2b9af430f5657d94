import * as z from 'zod'
import { loadErrors } from '../../scripts/lib/verify/load-errors.ts'
import { statusSchema } from '../box/agent-status.ts'
import { type Agent, at, disturbed, eventually, key, names, planted, runnerSchema } from './_agent.ts'
import type { Clause } from './_clause.ts'

const statusOf = async (agent: Agent): Promise<unknown> => {
  await disturbed(agent)
  return agent.status()
}

/** What shows only after a restart: the environment file, and checks that the Agent itself loads. */
export const disturbedAgent: readonly Clause[] = [
  {
    line: 'DD_HOSTNAME of the environment file takes effect, and the provider is `configuration`',
    run: async (t, agent) => {
      const document = await statusOf(agent)
      t.is(at(document, 'metadata', 'meta', 'hostname'), names.DD_HOSTNAME)
      t.is(at(document, 'hostnameStats', 'provider'), 'configuration')
    },
  },
  {
    line: 'DD_TAGS of the environment file overrides the tags of datadog.yaml',
    run: async (t, agent) => {
      const tags = z.array(z.string()).parse(at(await statusOf(agent), 'metadata', 'host-tags', 'system'))
      for (const tag of names.DD_TAGS.split(' ')) t.true(tags.includes(tag), tag)
    },
  },
  {
    line: 'the running Agent schedules a check at its own interval, in nanoseconds',
    run: async (t, agent) => {
      await disturbed(agent)
      const found = await eventually(async () => {
        const runners = z
          .record(z.string(), runnerSchema)
          .parse(at(await agent.status(), 'runnerStats', 'Checks', planted('shapes')))
        return Object.values(runners).find(({ TotalRuns }) => (TotalRuns ?? 0) > 0)
      })
      t.is(found?.Interval, 45_000_000_000)
      t.is(found?.TotalErrors, 0)
    },
  },
  {
    line: 'runnerStats reports a check that raises in TotalErrors and LastError',
    run: async (t, agent) => {
      await disturbed(agent)
      const found = await eventually(async () => {
        const runners = z
          .record(z.string(), runnerSchema)
          .parse(at(await agent.status(), 'runnerStats', 'Checks', planted('raises')))
        return Object.values(runners).find(({ TotalErrors }) => (TotalErrors ?? 0) > 0)
      })
      t.true(found?.LastError?.includes('planted failure'))
    },
  },
  {
    line: 'checkSchedulerStats.LoaderErrors reports a check that cannot be imported, under its name, or name and version',
    run: async (t, agent) => {
      const { checkSchedulerStats } = statusSchema.parse(await statusOf(agent))
      const errors = loadErrors({ checkSchedulerStats }, planted('broken'))
      t.true(errors.join().includes('boxhound_no_such_module'), errors.join('\n'))
    },
  },
  {
    line: 'pyLoaderStats.ConfigureErrors reports a check that rejects its configuration, under its name, or name and version',
    run: async (t, agent) => {
      const { pyLoaderStats } = statusSchema.parse(await statusOf(agent))
      const errors = loadErrors({ pyLoaderStats }, planted('refuses'))
      t.true(errors.join().includes('planted refusal'), errors.join('\n'))
    },
  },
  {
    line: 'configcheck prints each instance’s id, which may differ from that in status',
    run: async (t, agent) => {
      await disturbed(agent)
      const { code, stdout } = await agent.guest.run(['datadog-agent', 'configcheck'])
      t.is(code, 0)
      t.regex(stdout, new RegExp(`^=== ${planted('shapes')} check ===$`, 'm'))
      t.regex(stdout, new RegExp(`^Config for instance ID: ${planted('shapes')}:first:[0-9a-f]{1,16}$`, 'm'))
    },
  },
  {
    line: 'a 32-character key is shown as 28 stars and its last 4 characters, or 27 and 5',
    run: async (t, agent) => {
      await disturbed(agent)
      const { stdout } = await agent.guest.run(['datadog-agent', 'configcheck'])
      t.regex(stdout, /(?<!\*)(?:\*{28}cdef|\*{27}bcdef)\b/)
      t.false(stdout.includes('0123456789abcdef0123456789abcdef'))
    },
  },
  {
    line: 'the text output of status hides a password in a check’s error; the JSON may not',
    run: async (t, agent) => {
      await disturbed(agent)
      const failed = await eventually(async () => {
        const { stdout } = await agent.guest.run(['datadog-agent', 'status'])
        return stdout.includes('planted failure') ? stdout : undefined
      })
      t.truthy(failed, 'status reports the failing check')
      t.false(failed?.includes('Planted4you'))
    },
  },
  {
    line: 'a password is shown as eight stars',
    run: async (t, agent) => {
      await disturbed(agent)
      const { stdout } = await agent.guest.run(['datadog-agent', 'configcheck'])
      t.regex(stdout, /password: ["']?\*{8}["']?\s/)
      t.false(stdout.includes('Planted4you'))
    },
  },
  {
    line: 'no command shows the key of the environment file',
    when: ({ disposable }) => disposable,
    run: async (t, agent) => {
      await disturbed(agent)
      for (const words of [['status'], ['status', '--json'], ['configcheck']]) {
        const { code, stdout } = await agent.guest.run(['datadog-agent', ...words])
        t.is(code, 0, words.join(' '))
        t.false(stdout.includes(key), words.join(' '))
      }
      const { stdout } = await agent.guest.run(['datadog-agent', 'status', '--json'])
      t.true(stdout.includes('7e57'))
    },
  },
]
