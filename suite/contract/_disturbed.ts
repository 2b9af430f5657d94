import * as z from 'zod'
import { type Agent, at, eventually, planted, runnerSchema } from './_agent.ts'
import type { Clause } from './_clause.ts'

export const names = { DD_HOSTNAME: 'contract-host', DD_TAGS: 'contract:one contract:two' } as const
/** Of the right shape, and nobody's: handed only to a disposable machine. */
export const key = `${'0123456789abcdef'.repeat(2).slice(0, 28)}7e57`

/** Restarts the Agent once, with other variables and with the planted checks in place, for all clauses below. */
const disturbed = (agent: Agent): Promise<unknown> =>
  agent.guest.once('disturb', async () => {
    const environment = agent.context.disposable ? { ...names, DD_API_KEY: key } : names
    await agent.python('machine.py', { do: 'disturb', environment })
    const up = await eventually(async () => at(await agent.status(), 'runnerStats', 'Checks', planted('shapes')))
    if (up === undefined) throw new Error('the Agent did not come back with the planted check')
    return up
  })

const statusOf = async (agent: Agent): Promise<unknown> => {
  await disturbed(agent)
  return agent.status()
}

/** What only shows after a restart: the environment file, and checks that the Agent itself loads. */
export const disturbedAgent: readonly Clause[] = [
  {
    line: 'the environment file sets DD_HOSTNAME, and the provider is `configuration`',
    run: async (t, agent) => {
      const document = await statusOf(agent)
      t.is(at(document, 'hostnameStats', 'hostname'), names.DD_HOSTNAME)
      t.is(at(document, 'hostnameStats', 'provider'), 'configuration')
    },
  },
  {
    line: 'the environment file sets DD_TAGS over the tags of datadog.yaml',
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
        return Object.values(runners).find(({ TotalRuns }) => TotalRuns > 0)
      })
      t.is(found?.Interval, 45_000_000_000)
      t.is(found?.TotalErrors, 0)
    },
  },
  {
    line: 'runnerStats tells of a raising check by TotalErrors and LastError',
    run: async (t, agent) => {
      await disturbed(agent)
      const found = await eventually(async () => {
        const runners = z
          .record(z.string(), runnerSchema)
          .parse(at(await agent.status(), 'runnerStats', 'Checks', planted('raises')))
        return Object.values(runners).find(({ TotalErrors }) => TotalErrors > 0)
      })
      t.true(found?.LastError.includes('planted failure'))
    },
  },
  {
    line: 'checkSchedulerStats.LoaderErrors[name]["Python Check Loader"] tells of a check that cannot be imported',
    run: async (t, agent) => {
      const error = at(
        await statusOf(agent),
        'checkSchedulerStats',
        'LoaderErrors',
        planted('broken'),
        'Python Check Loader',
      )
      t.true(String(error).includes('boxhound_no_such_module'))
    },
  },
  {
    line: 'pyLoaderStats.ConfigureErrors tells of a check that refuses its configuration',
    run: async (t, agent) => {
      const errors = at(await statusOf(agent), 'pyLoaderStats', 'ConfigureErrors', planted('refuses'))
      t.true(JSON.stringify(errors ?? '').includes('planted refusal'))
    },
  },
  {
    line: 'a 32-character key is shown as 28 stars and its last 4 characters',
    run: async (t, agent) => {
      await disturbed(agent)
      const { stdout } = await agent.guest.run(['datadog-agent', 'configcheck'])
      t.true(stdout.includes(`${'*'.repeat(28)}cdef`))
      t.false(stdout.includes('0123456789abcdef0123456789abcdef'))
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
