// The `expect:` section of a box file or a layer.yaml.

import * as z from 'zod'
import { isObject } from '../_helpers/json.ts'
import { hasSecret } from './command-secrets.ts'
import { loopbackProblem } from './loopback.ts'
import { nearest } from './nearest.ts'
import { textKeys, textRule } from './text-rule.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)
const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`
  return z.int(expected).min(min, expected).max(max, expected)
}
const flag = z.boolean('true or false').optional()
const absent = z.literal(true, 'true, or no absent').optional().describe('It must not be there')
const path = text(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\n]*$/, 'an absolute path without ..')
const account = text(/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/, 'the name of an account')
const bound = whole(0, 2 ** 53 - 1).optional()
const least = bound.meta({ description: 'At least', examples: [1] })
const most = bound.meta({ description: 'At most', examples: [8] })
const range = z
  .strictObject({ min: least, max: most }, 'a map with min and max')
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'min, max or both')
  .refine(({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max, 'min no higher than max')

const common = {
  within: whole(1, 300)
    .optional()
    .meta({ description: 'Seconds in which it must come true; default 30', examples: [60] }),
  title: text(/^[^\0\n]{1,200}$/, 'one line of at most 200 characters')
    .optional()
    .meta({ description: 'Title in reports', examples: ['The site answers'] }),
}

const line = text(/^[^\0]*[^\0\s][^\0]*$/, 'a command')

const command = z.strictObject({
  command: z
    .union([line, z.array(z.string('a word').regex(/^[^\0]*$/, 'a word'), 'a list of words').min(1, 'a command')], {
      error: 'a command: a list of words, or text for bash',
    })
    .refine((given) => !hasSecret(given), {
      error: 'a command without a secret: everybody on the machine can read it',
      params: { hidden: true, next: 'have the command read the secret from a file of the machine' },
    })
    .meta({ description: 'List of words, or text for bash; run as root, or as user', examples: [['nginx', '-t']] }),
  user: account.optional().meta({ description: 'Who runs it', examples: ['www-data'] }),
  status: whole(0, 255)
    .optional()
    .meta({ description: 'Exit status; default 0', examples: [1] }),
  stdout: textRule.optional().describe('Standard output'),
  stderr: textRule.optional().describe('Standard error'),
  ...common,
})

const file = z.strictObject({
  file: path.meta({ description: 'Path of a file, folder or link', examples: ['/etc/nginx/nginx.conf'] }),
  absent,
  type: z.enum(['file', 'folder', 'link'], 'file, folder or link').optional().describe('What it is'),
  mode: text(/^0?[0-7]{3,4}$/, 'an octal mode in quotes such as "0640"')
    .optional()
    .meta({ description: 'Permissions, octal', examples: ['0640'] }),
  owner: account.optional().meta({ description: 'Owner', examples: ['root'] }),
  group: account.optional().meta({ description: 'Group', examples: ['adm'] }),
  size: range.optional().describe('Bytes'),
  sha256: text(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits')
    .optional()
    .meta({ description: 'Digest', examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] }),
  target: text(/^[^\0\n]+$/, 'the target of a link')
    .optional()
    .meta({ description: 'Where a link leads', examples: ['/usr/bin/python3'] }),
  ...textKeys,
  ...common,
})

const port = z.strictObject({
  port: whole(1, 65535).meta({ description: 'Port', examples: [8080] }),
  protocol: z.enum(['tcp', 'udp'], 'tcp or udp').optional().describe('Default tcp'),
  address: z
    .union([z.ipv4(), z.ipv6()], 'an IP address such as 127.0.0.1, 0.0.0.0 or "::"')
    .optional()
    .meta({ description: 'The only address that it listens on', examples: ['127.0.0.1'] }),
  listening: flag.describe('Default true'),
  ...common,
})

const unit = z.strictObject({
  unit: text(/^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*$/, 'the name of a systemd unit').meta({
    description: 'Unit, .service if nothing else',
    examples: ['nginx'],
  }),
  active: flag.describe('It runs; default true without enabled'),
  enabled: flag.describe('It starts at boot'),
  ...common,
})

const http = z.strictObject({
  http: z
    .string('an http address')
    .superRefine((value, context) => {
      const message = loopbackProblem(value)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({
      description: 'Address of the machine itself; redirects are not followed',
      examples: ['http://127.0.0.1:8080/'],
    }),
  method: z.enum(['GET', 'HEAD'], 'GET or HEAD').optional().describe('Default GET'),
  host: text(/^[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?$/, 'a host name')
    .optional()
    .meta({ description: 'Host header', examples: ['site.example'] }),
  insecure: flag.describe('Accept any certificate'),
  status: whole(100, 599)
    .optional()
    .meta({ description: 'Default 200', examples: [404] }),
  body: textRule.optional().describe('Body of the answer'),
  headers: z
    .record(text(/^[A-Za-z0-9-]+$/, 'the name of a header'), textRule, 'a map of headers')
    .refine((all) => Object.keys(all).length > 0, 'at least one header')
    .optional()
    .describe('Headers of the answer'),
  ...common,
})

const packageName = text(/^[a-z0-9][a-z0-9+.-]+$/, 'the name of a package')

const installed = z.strictObject({
  package: packageName.meta({ description: 'Package', examples: ['nginx'] }),
  absent,
  version: textRule.optional().describe('The whole version in quotes, or a rule'),
  held: flag.describe('The package manager leaves its version alone'),
  ...common,
})

const id = whole(0, 2 ** 32 - 2)

const user = z.strictObject({
  user: account.meta({ description: 'Account', examples: ['web'] }),
  absent,
  uid: id.optional().meta({ description: 'Its number', examples: [751] }),
  group: account.optional().meta({ description: 'Primary group', examples: ['web'] }),
  groups: z
    .array(account, 'a list of groups')
    .min(1, 'at least one group')
    .optional()
    .meta({ description: 'Among its groups', examples: [['adm']] }),
  home: path.optional().meta({ description: 'Home folder', examples: ['/var/lib/web'] }),
  shell: path.optional().meta({ description: 'Login shell', examples: ['/usr/sbin/nologin'] }),
  ...common,
})

const group = z.strictObject({
  group: account.meta({ description: 'Group', examples: ['adm'] }),
  absent,
  gid: id.optional().meta({ description: 'Its number', examples: [751] }),
  members: z
    .array(account, 'a list of accounts')
    .min(1, 'at least one member')
    .optional()
    .meta({ description: 'Among its members', examples: [['dd-agent']] }),
  ...common,
})

const process = z.strictObject({
  process: text(/^[^\0\n/]{1,255}$/, 'the name of a program, without its folder').meta({
    description: 'Program',
    examples: ['nginx'],
  }),
  absent,
  user: account.optional().meta({ description: 'Whose processes count', examples: ['www-data'] }),
  count: z
    .union([whole(1, 100_000), range], 'a number, or a map with min and max')
    .optional()
    .describe('Default: any'),
  ...common,
})

const own = Object.keys(common)

/** What is there to say about something that must not be there. */
const onlyAbsent = (value: object, context: z.RefinementCtx): void => {
  const given = value as Readonly<Record<string, unknown>>
  const [kind] = kindsIn(given)
  if (given.absent !== true) return
  const other = Object.keys(given).find(
    (key) =>
      given[key] !== undefined &&
      key !== kind &&
      key !== 'absent' &&
      !own.includes(key) &&
      !(kind === 'process' && key === 'user'),
  )
  if (other !== undefined)
    context.addIssue({
      code: 'custom',
      path: [other],
      message: 'nothing beside absent',
      params: { next: `remove ${other}, or absent` },
    })
}

/** The first key of each names its kind. */
export const kinds = ['command', 'file', 'port', 'unit', 'http', 'package', 'user', 'group', 'process'] as const

const hasKey = (value: Readonly<Record<string, unknown>>, key: string): boolean => Object.hasOwn(value, key)

/** The kinds that a map may be; `user` and `group` are keys of others, too. */
const kindsIn = (value: Readonly<Record<string, unknown>>): string[] => {
  const found = kinds.filter((kind) => hasKey(value, kind))
  const strong = found.filter((kind) => kind !== 'user' && kind !== 'group')
  if (strong.length > 0) return strong
  return found.includes('user') ? ['user'] : found
}

const asked = `a map with one of ${kinds.join(', ')}`

/** Refused before its kind is looked at: then the kind is not clear. */
const assertKind = (value: unknown, context: z.RefinementCtx): unknown => {
  if (!isObject(value)) return value
  const found = kindsIn(value)
  const refuse = (message: string, next: string) => {
    context.addIssue({ code: 'custom', message, params: { next } })
    return z.NEVER
  }
  if (found.length > 1) return refuse('one thing to expect', `make one assertion of each: ${found.join(', ')}`)
  if (found.length === 1) return value
  const close = Object.keys(value)
    .map((key) => nearest(key, kinds))
    .find((name) => name !== undefined)
  return refuse(asked, close === undefined ? 'add what is expected' : `did you mean "${close}"?`)
}

const assertion = z
  .preprocess(assertKind, z.union([command, file, port, unit, http, installed, user, group, process], asked))
  .superRefine(onlyAbsent)

const nameExpected = 'a name of lower-case letters, digits, _ and -, which becomes the id expect.NAME'

/** The `expect` section: assertions by name. */
export const expect = z
  .record(text(/^[a-z0-9][a-z0-9_-]{0,62}$/, nameExpected), assertion, 'a map of names and assertions')
  .refine((all) => Object.keys(all).length > 0, 'at least one assertion')
  .nullish()
  .meta({
    description: 'Assertions about a machine of this box, judged as expect.NAME by verify (guide/expect.md)',
    examples: [
      {
        site: { http: 'http://127.0.0.1:8080/', status: 200, body: { contains: 'Welcome' }, within: 60 },
        'config-valid': { command: ['nginx', '-t'], stderr: { contains: 'syntax is ok' } },
        'log-folder': { file: '/var/log/web', type: 'folder', owner: 'web', mode: '0750' },
      },
    ],
  })

export type GivenAssertion = z.infer<typeof assertion>
export type GivenExpect = NonNullable<z.infer<typeof expect>>
