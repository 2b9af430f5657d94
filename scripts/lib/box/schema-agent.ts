// The zod schema of what a box file says of the Agent's configuration.

import * as z from 'zod'
import { backendNames } from './secret-stores.ts'

const config = z
  .record(z.string(), z.unknown(), 'a map of the Agent’s settings such as { log_level: debug }')
  .refine((settings) => Object.keys(settings).length > 0, 'at least one setting such as { log_level: debug }')
  .meta({
    description: 'Further settings of datadog.yaml, merged over boxhound’s own: maps key by key, lists as a whole',
    minProperties: 1,
    examples: [{ log_level: 'debug', apm_config: { max_traces_per_second: 5 } }],
  })

const handleExpectation = 'the name of the secret in its store, without ENC[…]'

const secrets = z
  .strictObject({
    backend: z
      .enum(backendNames, `one of ${backendNames.join(', ')}`)
      .optional()
      .meta({ description: 'Secret backend of the Agent (`secret_backend_type`)', examples: ['aws.secrets'] }),
    config: z
      .record(z.string(), z.unknown(), 'a map such as { aws_session: { aws_region: us-east-1 } }')
      .optional()
      .meta({
        description: 'Configuration of the backend (`secret_backend_config`); no secret in it',
        examples: [{ aws_session: { aws_region: 'us-east-1' } }],
      }),
    command: z
      .string('the path of a program, relative to the box file')
      .regex(/^[^\0\n]+$/, 'the path of a program, relative to the box file')
      .optional()
      .meta({
        description: 'Program of your own that resolves secrets, relative to the box file; copied into the image',
        examples: ['secrets/resolve.sh'],
      }),
    arguments: z
      .array(z.string('text').regex(/^[^\0\n]*$/, 'one line of text'), 'a list of arguments')
      .optional()
      .meta({ description: 'Arguments of the command; no secret in them', examples: [['--vault', 'prod']] }),
    timeout: z
      .int('a whole number of seconds from 1 to 600')
      .min(1, 'at least 1 second')
      .max(600, 'at most 600 seconds')
      .optional()
      .meta({ description: 'Seconds for one answer of the store; the Agent’s own default is 30', examples: [60] }),
    handle: z
      .string(handleExpectation)
      .superRefine((value, context) => {
        const inner = /^ENC\[(.*)\]$/.exec(value)?.[1]
        if (inner !== undefined)
          context.addIssue({ code: 'custom', message: handleExpectation, params: { next: `write ${inner}` } })
        else if (!/^[^\s\]\p{Cc}](?:[^\]\p{Cc}]*[^\s\]\p{Cc}])?$/u.test(value))
          context.addIssue({ code: 'custom', message: handleExpectation })
      })
      .meta({ description: 'Name of the API key in the store', examples: ['prod/datadog;api_key'] }),
  })
  .superRefine((value, context) => {
    const custom = (path: string[], message: string, next: string) =>
      context.addIssue({ code: 'custom', path, message, params: { next } })
    const { backend, command, config: given, arguments: words } = value
    if (backend === undefined && command === undefined)
      custom([], 'a backend or a command', `add backend: one of ${backendNames.join(', ')}; or command: FILE`)
    else if (backend !== undefined && command !== undefined)
      custom(
        ['command'],
        'only one of backend and command',
        'remove one of the two: the Agent would ignore the backend',
      )
    else if (command !== undefined && given !== undefined)
      custom(['config'], 'no config: a command gets arguments', 'remove it, or move it to arguments')
    else if (backend !== undefined && words !== undefined)
      custom(['arguments'], 'no arguments: a backend gets config', 'remove it, or move it to config')
  })
  .meta({
    description: 'Where the Agent’s key comes from, instead of user-data: a backend of the Agent, or your own command',
    oneOf: [{ required: ['backend', 'handle'] }, { required: ['command', 'handle'] }],
  })

/** Groups whose members rule the machine by a password, or read every account's. */
const ruling = ['root', 'sudo', 'wheel', 'admin', 'shadow']

const groups = z
  .array(
    z
      .string('the name of a group')
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'the name of a group: lower-case letters, digits, _ and -')
      .refine(
        (name) => !ruling.includes(name),
        `a group other than ${ruling.join(', ')}: the Agent must not rule the machine`,
      )
      .refine((name) => name !== 'dd-agent', 'a group other than dd-agent, which it is in already'),
    'a list of groups such as [adm, systemd-journal]',
  )
  .min(1, 'at least one group')
  .refine((all) => new Set(all).size === all.length, 'each group once')
  .meta({
    description: 'Groups that the Agent’s account is in; a package or layer of the box must make them',
    examples: [['adm', 'systemd-journal']],
  })

const unitExpectation = 'the full name of a systemd unit such as docker.service'

const after = z
  .array(
    z.string(unitExpectation).superRefine((value, context) => {
      const hasSuffix = /\.(?:service|socket|target|mount|automount|swap|timer|path|device|scope|slice)$/.test(value)
      const isWord = /^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*$/.test(value) && value.length <= 255
      if (isWord && hasSuffix) return
      const next = isWord && !value.includes('.') ? { params: { next: `write ${value}.service` } } : {}
      context.addIssue({ code: 'custom', message: unitExpectation, ...next })
    }),
    'a list of units such as [docker.service]',
  )
  .min(1, 'at least one unit')
  .refine((all) => new Set(all).size === all.length, 'each unit once')
  .meta({
    description: 'Units that are started before the Agent, where they are started at all',
    examples: [['docker.service']],
  })

const flavor = z
  .enum(['fips'], 'fips, for the package datadog-fips-agent; leave the line out for the ordinary Agent')
  .meta({ description: 'Another build of the Agent: `fips` installs datadog-fips-agent', examples: ['fips'] })

/** Keys of `agent`. */
export const agentKeys = {
  config: config.optional(),
  secrets: secrets.optional(),
  groups: groups.optional(),
  after: after.optional(),
  flavor: flavor.optional(),
}
