import * as z from 'zod'
import { at, eventually, planted, runnerSchema } from './_agent.ts'
import type { Clause } from './_clause.ts'

const strings = z.array(z.string())

/** "`datadog-agent status --json`, where to look", on the Agent as it is. */
export const statusCommand: readonly Clause[] = [
  {
    line: 'runnerStats.Checks[name][id] has the fields of the runner',
    run: async (t, { status, context }) => {
      const [expected] = context.expectations.checks
      const name = expected?.name ?? ''
      const found = await eventually(
        async () =>
          Object.entries(
            z.record(z.string(), runnerSchema).parse(at(await status(), 'runnerStats', 'Checks', name)),
          )[0],
      )
      t.is(found?.[0], found?.[1].CheckID)
      t.is(found?.[1].Interval, (expected?.interval ?? 0) * 1e9)
    },
    when: ({ expectations }) => expectations.checks.length > 0,
  },
  {
    line: 'version, and hostTags with the same tags as metadata["host-tags"].system',
    run: async (t, { status, context }) => {
      const document = await status()
      t.true(String(document.version).startsWith(context.expectations.agent.version))
      const tags = strings.parse(at(document, 'metadata', 'host-tags', 'system'))
      for (const tag of context.expectations.agent.tags) t.true(tags.includes(tag), tag)
      for (const tag of context.expectations.agent.tags) t.true(strings.parse(document.hostTags).includes(tag), tag)
    },
  },
  {
    line: 'hostnameStats.provider names the source of the host name in metadata.meta.hostname',
    run: async (t, { status, command }) => {
      const document = await status()
      t.regex(
        String(at(document, 'hostnameStats', 'provider')),
        /^(configuration|hostnameFile|fargate|gce|azure|aws|fqdn|container|os)$/,
      )
      t.regex(String(at(document, 'metadata', 'meta', 'hostname')), /^\S+$/)
      // The command computes the name itself, without the variables of the running Agent's unit.
      const { code, stdout } = await command(['hostname'])
      t.is(code, 0)
      t.regex(stdout.trim().split('\n').at(-1) ?? '', /^\S+$/)
    },
  },
  {
    line: 'forwarderStats.APIKeyStatus, .APIKeyFailure and .Transactions exist',
    run: async (t, { status }) => {
      const forwarder = (await status()).forwarderStats
      t.is(typeof at(forwarder, 'APIKeyStatus'), 'object')
      t.is(typeof at(forwarder, 'APIKeyFailure'), 'object')
      t.is(typeof at(forwarder, 'Transactions'), 'object')
    },
  },
  {
    line: 'checkSchedulerStats.LoaderErrors and pyLoaderStats.ConfigureErrors are objects',
    run: async (t, { status }) => {
      const document = await status()
      t.is(typeof at(document, 'checkSchedulerStats', 'LoaderErrors'), 'object')
      t.is(typeof at(document, 'pyLoaderStats', 'ConfigureErrors'), 'object')
    },
  },
  {
    line: 'logsStats.is_running, and integrations[].sources[] with type, status, configuration.Path, inputs, messages',
    when: ({ expectations }) => expectations.agent.logs,
    run: async (t, { status }) => {
      const source = z.looseObject({
        type: z.string(),
        status: z.string(),
        configuration: z.looseObject({ Path: z.string() }),
        inputs: strings,
        messages: z.array(z.unknown()),
      })
      const stats = z.looseObject({
        is_running: z.boolean(),
        integrations: z.array(z.looseObject({ sources: z.array(source) })),
      })
      const logs = stats.parse((await status()).logsStats)
      t.true(logs.is_running)
      t.true(
        logs.integrations.some(({ sources }) =>
          sources.some(({ status: state, inputs }) => state === 'OK' && inputs.length > 0),
        ),
      )
    },
  },
  {
    line: 'health exits with 0 or 255, consistent with its list of unhealthy components',
    run: async (t, { guest }) => {
      const { code, stdout, stderr } = await guest.run(['datadog-agent', 'health'])
      t.true(code === 0 || code === 255, `${code}: ${stderr}`)
      t.true((code === 0 ? /PASS/ : /FAIL|unhealthy/i).test(stdout + stderr))
    },
  },
  {
    line: 'a check that was added without a restart is not scheduled yet',
    run: async (t, { status }) => void t.is(at(await status(), 'runnerStats', 'Checks', planted('shapes')), undefined),
  },
]
