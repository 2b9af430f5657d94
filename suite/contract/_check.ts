import * as z from 'zod'
import { parseForeign } from '../../scripts/lib/_helpers/json.ts'
import { type Agent, type Instance, instancesIn, planted, runnerFields } from './_agent.ts'
import type { Clause } from './_clause.ts'

const once = (agent: Agent): Promise<Awaited<ReturnType<Agent['check']>>> =>
  agent.guest.once('shapes', () => agent.check('shapes'))
const twice = (agent: Agent): Promise<Awaited<ReturnType<Agent['check']>>> =>
  agent.guest.once('shapes twice', () => agent.check('shapes', ['--check-rate']))

const only = (instances: readonly Instance[]): Instance => {
  const [instance] = instances
  if (instance === undefined || instances.length !== 1) throw new Error(`${instances.length} instances, not one`)
  return instance
}

const metricNames = ({ aggregator }: Instance): string[] => (aggregator.metrics ?? []).map(({ metric }) => metric ?? '')

/** "`datadog-agent check NAME`". */
export const checkCommand: readonly Clause[] = [
  {
    line: 'it exits 0 even when the check raised; only the JSON has the error',
    run: async (t, { check }) => {
      const { result, instances } = await check('raises')
      t.is(result.code, 0)
      t.is(only(instances).runner.TotalErrors, 1)
    },
  },
  {
    line: 'LastError of a Python check is a JSON string of message and traceback',
    run: async (t, { check }) => {
      const { LastError } = only((await check('raises')).instances).runner
      const errors = z
        .array(z.object({ message: z.string(), traceback: z.string() }))
        .parse(parseForeign(LastError ?? ''))
      t.true(errors[0]?.message.includes('planted failure'))
      t.true(errors[0]?.traceback.includes('Traceback'))
    },
  },
  {
    line: 'a missing aggregator key means that nothing was sent',
    run: async (t, { check }) => {
      const { aggregator } = only((await check('raises')).instances)
      t.deepEqual([aggregator.metrics ?? [], aggregator.service_checks ?? [], aggregator.events ?? []], [[], [], []])
    },
  },
  {
    line: 'it exits 255 with `Error: no valid check found` when the check is missing',
    run: async (t, { command }) => {
      const { code, stdout, stderr } = await command(['check', planted('missing'), '--json'])
      t.is(code, 255)
      t.true(`${stdout}${stderr}`.includes('Error: no valid check found'))
    },
  },
  {
    line: 'it exits 255 with `Error: no valid check found` when the check cannot be loaded',
    run: async (t, { command }) => {
      const { code, stdout, stderr } = await command(['check', planted('broken'), '--json'])
      t.is(code, 255)
      t.true(`${stdout}${stderr}`.includes('Error: no valid check found'))
    },
  },
  {
    line: 'the reason why a check cannot be loaded is on stdout',
    run: async (t, { command }) => {
      for (const [name, why] of [
        ['broken', 'boxhound_no_such_module'],
        ['refuses', 'planted refusal'],
      ] as const) {
        const { stdout } = await command(['check', planted(name), '--json'])
        t.true(stdout.includes(why), `${name}: ${stdout.slice(-500)}`)
      }
    },
  },
  {
    line: 'it needs auth_token, and says so; or creates it itself',
    run: async (t, { guest }) => {
      // Hiding and restoring the token happens in one shell, so that it comes back whatever happens in between.
      const script = [
        'mkdir -p -m 0700 /var/lib/boxhound-contract',
        'trap "mv /var/lib/boxhound-contract/auth_token /etc/datadog-agent/auth_token" EXIT',
        'mv /etc/datadog-agent/auth_token /var/lib/boxhound-contract/auth_token',
        `timeout 60 runuser -u dd-agent -- datadog-agent check ${planted('shapes')} --json`,
      ]
      const { code, stdout, stderr } = await guest.run(['bash', '-c', script.join('\n')])
      if (code === 0) t.truthy(instancesIn(stdout), 'an Agent that creates its token runs the check')
      else t.regex(`${stdout}${stderr}`, /unable to fetch auth token/i)
      t.is((await guest.run(['test', '-s', '/etc/datadog-agent/auth_token'])).code, 0)
    },
  },
  {
    line: 'the JSON is an array with one element per instance: aggregator, runner, inventories',
    run: async (t, agent) => {
      const { result, instances } = await once(agent)
      t.is(result.code, 0)
      t.is(typeof only(instances).inventories, 'object')
    },
  },
  {
    line: 'any text before the JSON on stdout ends at the first line with a bracket',
    run: async (t, agent) => {
      const { stdout } = (await once(agent)).result
      t.notThrows(() => parseForeign(stdout.slice(stdout.search(/^[[{]/m))))
    },
  },
  {
    line: 'metric: metric, points [[epoch, value]], tags, host, type, interval, source_type_name',
    run: async (t, agent) => {
      const gauge = (only((await once(agent)).instances).aggregator.metrics ?? []).find(
        ({ metric }) => metric === 'boxhound.contract.gauge',
      )
      const [[epoch, value] = [0, 0]] = gauge?.points ?? []
      t.is(value, 1.5)
      t.true(Math.abs(epoch - Date.now() / 1000) < 86_400 * 30)
      t.is(gauge?.type, 'gauge')
      t.true(gauge?.tags?.includes('kind:gauge'))
      t.truthy(gauge?.host)
    },
  },
  {
    line: 'a count has the type count',
    run: async (t, agent) => {
      const count = (only((await once(agent)).instances).aggregator.metrics ?? []).find(
        ({ metric }) => metric === 'boxhound.contract.count',
      )
      t.is(count?.type, 'count')
      t.is(count?.points?.[0]?.[1], 3)
    },
  },
  {
    line: 'rates need two samples: a single run has no rates, --check-rate has',
    run: async (t, agent) => {
      const [first, second] = [only((await once(agent)).instances), only((await twice(agent)).instances)]
      for (const name of ['boxhound.contract.rate', 'boxhound.contract.monotonic']) {
        t.false(metricNames(first).includes(name), name)
        t.true(metricNames(second).includes(name), name)
      }
      t.is(second.runner.TotalRuns, 2)
    },
  },
  {
    line: 'a rate is the difference of two samples per second, of type rate or gauge; a monotonic count is the difference alone',
    run: async (t, agent) => {
      const metrics = only((await twice(agent)).instances).aggregator.metrics ?? []
      const rate = metrics.find(({ metric }) => metric === 'boxhound.contract.rate')
      const count = metrics.find(({ metric }) => metric === 'boxhound.contract.monotonic')
      const [value = 0] = rate?.points?.map(([, number]) => number) ?? []
      t.true(value > 0 && value <= 100, `${value} per second`)
      t.regex(rate?.type ?? '', /^(rate|gauge)$/)
      t.is(count?.points?.[0]?.[1], 100)
    },
  },
  {
    line: '--check-times N runs it N times',
    run: async (t, { check }) =>
      void t.is(only((await check('raises', ['--check-times', '3', '--pause', '0'])).instances).runner.TotalRuns, 3),
  },
  {
    line: 'service check: check, host_name, timestamp, status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, message, tags',
    run: async (t, agent) => {
      const services = only((await once(agent)).instances).aggregator.service_checks ?? []
      for (const status of [0, 1, 2, 3]) {
        const service = services.find(({ check }) => check === `boxhound.contract.status${status}`)
        t.is(service?.status, status)
        t.is(service?.message, status === 0 ? '' : `status ${status}`)
        t.truthy(service?.host_name)
      }
    },
  },
  {
    line: 'runner: Interval is in nanoseconds, so min_collection_interval 45 becomes 45000000000',
    run: async (t, agent) => void t.is(only((await once(agent)).instances).runner.Interval, 45_000_000_000),
  },
  {
    line: 'min_collection_interval defaults to 15 s',
    run: async (t, { check }) => void t.is(only((await check('raises')).instances).runner.Interval, 15_000_000_000),
  },
  {
    line: 'runner: every field that verification relies on exists and has its type',
    run: async (t, agent) => {
      const { runner } = only((await once(agent)).instances)
      t.deepEqual(
        runnerFields.filter((name) => runner[name] === undefined),
        [],
      )
    },
  },
  {
    line: 'runner: CheckName, CheckConfigSource, CheckVersion from __version__, else `unversioned`',
    run: async (t, agent) => {
      const { CheckName, CheckVersion, CheckConfigSource } = only((await once(agent)).instances).runner
      t.deepEqual([CheckName, CheckVersion], [planted('shapes'), '1.2.3'])
      t.true(CheckConfigSource?.includes(`/etc/datadog-agent/conf.d/${planted('shapes')}.d/conf.yaml`))
      t.is(only((await agent.check('raises')).instances).runner.CheckVersion, 'unversioned')
    },
  },
  {
    line: 'runner: CheckLoader is python, if it exists',
    run: async (t, agent) => void t.is(only((await once(agent)).instances).runner.CheckLoader ?? 'python', 'python'),
  },
  {
    line: 'check id: NAME:HASH, or NAME:INSTANCE:HASH if the instance has a name',
    run: async (t, agent) => {
      const plain = only((await agent.check('raises')).instances).runner.CheckID
      t.regex(plain ?? '', new RegExp(`^${planted('raises')}:[0-9a-f]{1,16}$`))
      t.regex(
        only((await once(agent)).instances).runner.CheckID ?? '',
        new RegExp(`^${planted('shapes')}:first:[0-9a-f]{1,16}$`),
      )
    },
  },
  {
    line: 'runner: self.warning shows up in LastWarnings and TotalWarnings, not as an error',
    run: async (t, agent) => {
      const { runner } = only((await once(agent)).instances)
      t.true(runner.LastWarnings?.some((text) => text.includes('planted warning')))
      t.is(runner.TotalWarnings, 1)
      t.is(runner.TotalErrors, 0)
      t.is(runner.LastError, '')
    },
  },
  {
    line: '--instance-filter and --discovery-* are accepted',
    run: async (t, { check }) => {
      const flags = [
        '--instance-filter',
        '.name == "first"',
        '--discovery-timeout',
        '5',
        '--discovery-min-instances',
        '1',
      ]
      t.is((await check('shapes', flags)).instances.length, 1)
    },
  },
  {
    line: '--table prints metrics in columns and no JSON',
    run: async (t, { command }) => {
      const { code, stdout } = await command(['check', planted('shapes'), '--table'])
      t.is(code, 0)
      t.regex(stdout, /METRIC +TYPE +TIMESTAMP +VALUE +TAGS/)
    },
  },
]
