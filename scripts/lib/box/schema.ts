// The zod schema of a box file.

import * as z from 'zod'
import { traceWays } from './app.ts'
import { isLabVersion } from './apt-repository.ts'
import { containerFormatProblem } from './container-format.ts'
import { optionValue } from './option-schema.ts'
import { isLoopback, parseRepository, repositoryExpectation } from './repository.ts'
import { agentKeys } from './schema-agent.ts'
import { agentContainer, containerContradictions } from './schema-agent-container.ts'
import { appContainer } from './schema-app-container.ts'
import { expect } from './schema-expect.ts'
import { goss } from './schema-goss.ts'
import { integrations } from './schema-integrations.ts'
import { layers } from './schema-layers.ts'
import { logs } from './schema-logs.ts'
import { observe } from './schema-observe.ts'
import { boxhoundRange } from './schema-requires.ts'
import { tags } from './schema-tags.ts'
import { maximumServiceLength, normalService, normalTagValue } from './tags.ts'
import { isAddress, isImage } from './urls.ts'

// Each schema is used once in a run: compiling it costs more than it saves.
z.config({ jitless: true })

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)
const flag = z.boolean('true or false')

/** The sites that Datadog runs, as its official client lists them. */
export const sites = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const

export const version = text(/^\d+\.\d+\.\d+(?:[-+~][0-9A-Za-z.+~-]+)?$/, 'a version such as 1.0.0').meta({
  description: 'Version of the box, MAJOR.MINOR.PATCH',
  examples: ['1.0.0'],
})
const address = (expected: string, protocols = ['https', 'http']) =>
  z.string(expected).refine((value) => isAddress(value, protocols), expected)

export { tags }

const base = z
  .strictObject({
    lab: z
      .enum(['trixie', 'cloud'], 'trixie, a Debian base, or cloud, a cloud image: what the lab makes')
      .optional()
      .meta({ description: 'A Debian base, or a cloud image, made on this machine', examples: ['trixie'] }),
    image: z
      .string('the address or path of a disk image')
      .refine(isImage, 'the https, http or file address of a disk image, or its path')
      .optional()
      .meta({
        description: 'Address or path of a cloud image',
        examples: ['https://cloud-images.example/noble-server-cloudimg-amd64.img'],
      }),
    sha256: text(/^[0-9a-f]{64}$/, 'the SHA-256 of the image, 64 lower-case hexadecimal digits')
      .optional()
      .meta({
        description: 'Literal SHA-256 of the image',
        examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
      }),
    system: text(/^[a-z][a-z0-9.-]*$/, 'a name in provision/systems.yaml such as ubuntu-24.04')
      .optional()
      .meta({ description: 'What the image holds: a name in provision/systems.yaml', examples: ['ubuntu-24.04'] }),
  })
  .superRefine((value, context) => {
    const custom = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (value.lab === undefined && value.image === undefined)
      custom([], 'either { lab: trixie } or { image: ADDRESS, sha256: DIGEST, system: NAME }')
    else if (value.lab !== undefined && value.image !== undefined) custom(['image'], 'only one of lab and image')
    // Fault 32: never without a digest.
    else if (value.image !== undefined && value.sha256 === undefined)
      custom(['sha256'], 'the literal SHA-256 of the image, from the signed SHA256SUMS beside it')
    else if (value.lab !== undefined && value.sha256 !== undefined)
      custom(['sha256'], 'no digest: the lab base is made on this machine')
    else if (value.image !== undefined && value.system === undefined)
      custom(['system'], 'what the image holds: a name in provision/systems.yaml such as ubuntu-24.04')
    else if (value.lab !== undefined && value.system !== undefined)
      custom(['system'], 'no system: the lab makes Debian 13')
  })
  .meta({
    description: 'What the layers stand on: { lab: trixie | cloud } or { image, sha256, system }',
    oneOf: [{ required: ['lab'] }, { required: ['image', 'sha256', 'system'] }],
  })

const word = text(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'a word of letters, digits and . _ / -')

/** An apt repository as a box file or a layer.yaml gives it. */
export const aptRepository = z.strictObject({
  url: address('the https or http address of an apt repository, without a password').meta({
    description: 'Address of the repository',
    examples: ['https://apt.datadoghq.com/'],
  }),
  suite: word.default('stable').describe('Suite'),
  components: z
    .array(word, 'a list of components such as ["7"]')
    .min(1, 'at least one component')
    .default(['7'])
    .describe('Components'),
  keys: z
    .array(text(/^[0-9A-F]{40}$/, 'a full fingerprint: 40 upper-case hexadecimal digits'), 'a list of fingerprints')
    .min(1, 'at least one fingerprint of a key that signs the repository')
    .meta({
      description: 'Full fingerprints of the keys that sign it',
      examples: [['D18886567EABAD8B2D2526900D826EB906462314']],
    }),
  keyUrls: z
    .array(address('the https or http address of a public key'), 'a list of addresses')
    .min(1, 'at least one address of a public key')
    .meta({
      description: 'Addresses of the public keys',
      examples: [['https://keys.datadoghq.com/DATADOG_APT_KEY_CURRENT.public']],
    }),
})

const agent = z
  .strictObject({
    version: text(/^7\.\d+\.\d+(?:\+lab)?$/, 'a version of Agent 7 such as 7.83.0, or 7.83.0+lab from the lab').meta({
      description: 'Exact version of the Agent',
      examples: ['7.83.0'],
    }),
    site: z
      .enum(sites, `one of Datadog's sites: ${sites.join(', ')}`)
      .default('datadoghq.com')
      .describe('Datadog site'),
    tags: tags.default([]).meta({ description: 'Host tags', examples: [['env:trial', 'role:database']] }),
    logs: flag.default(true).describe('Collect logs'),
    repository: z
      .union([z.literal('lab'), aptRepository], 'lab, or a map with url, suite, components and keys')
      .optional()
      .meta({
        description: "Where the Agent's package comes from; default Datadog's own repository",
        examples: ['lab'],
      }),
    ...agentContainer,
    ...agentKeys,
  })
  .superRefine((value, context) => {
    for (const { path, message, next } of containerContradictions(value))
      context.addIssue({ code: 'custom', path, message, params: { next } })
    if (value.run === 'package' && isLabVersion(value.version) !== (value.repository === 'lab'))
      context.addIssue({
        code: 'custom',
        path: ['version'],
        message:
          value.repository === 'lab'
            ? "the lab Agent's version, which ends in +lab"
            : 'a version without +lab, or repository: lab',
      })
  })
  .describe('The Datadog Agent')

const folderName = text(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters, digits, _ and -')

/** Values of options; their types are told by a check.yaml or database.yaml. */
const options = z.record(z.string(), optionValue, 'a map of options')

const database = z
  .strictObject({
    engine: folderName.meta({
      description: 'A folder under provision/30-database/, or databases/ beside this file',
      examples: ['mysql'],
    }),
    tags: tags.default([]).meta({ description: 'Tags of the integration', examples: [['role:database']] }),
    logs: flag.optional().describe("Collect the database's logs; default: as the Agent"),
    dbm: flag.default(false).describe('Database Monitoring: query metrics, samples and execution plans'),
    version: text(
      /^\d[0-9A-Za-z.~-]*(?:\+lab)?$/,
      'an exact version such as "8.0.15", or one of the lab such as 8.0.0+lab',
    )
      .optional()
      .meta({
        description: "Exact version, of an engine that comes from its publisher's repository",
        examples: ['8.0.15'],
      }),
    options: options
      .nullish()
      .meta({ description: "The engine's own options, see its database.yaml", examples: [{ replicaSet: 'rs0' }] }),
  })
  .describe('A database with its monitoring user and integration')

const check = z
  .strictObject({
    interval: z
      .int('a whole number of seconds from 1 to 86400')
      .min(1, 'at least 1 second')
      .max(86400, 'at most 86400 seconds')
      .optional()
      .meta({ description: 'Seconds between two runs', examples: [45] }),
    tags: tags.optional().meta({ description: 'Tags of every metric of the check', examples: [['team:shop']] }),
    options: options.nullish().meta({
      description: "The check's own options, see its check.yaml",
      examples: [{ min: 0, max: 1000 }, { hosts: ['a.example', 'b.example'] }],
    }),
  })
  .nullable()

/** Ports of every box that already have an owner: ssh and the Agent's own. The database's is looked at where the engine is known. */
export const takenPorts = [22, 5000, 5001, 5002, 5012, 8125, 8126]

/** Values of the unified service tags: they become tags themselves. */
const tagValue = (what: string) =>
  text(/^[A-Za-z0-9][A-Za-z0-9_./+-]{0,99}$/, `${what}: letters, digits and _ - . / +, at most 100 characters`)

/** A name that Datadog keeps as it is written: it would silently change another one. */
const kept = (what: string, normal: (text: string) => string, limit: number) => {
  const expected = `${what}: lower case, letters, digits and _ - . /, no two _ in a row, none at the end, at most ${limit} characters`
  return z.string(expected).superRefine((value, context) => {
    const text = normal(value)
    const isKept = text === value && value.length <= limit && /^[A-Za-z0-9][\w./-]*$/.test(value)
    const isPossible = /^[A-Za-z0-9][\w./-]*$/.test(text)
    const next = isPossible ? { params: { next: `write ${text}: Datadog stores it so` } } : {}
    if (!isKept) context.addIssue({ code: 'custom', message: expected, ...next })
  })
}

const app = z
  .strictObject({
    name: folderName
      .default('flask')
      .meta({ description: 'A folder under provision/40-app/, or apps/ beside this file', examples: ['flask'] }),
    trace: z
      .enum(traceWays, 'run or middleware')
      .default('run')
      .describe('By ddtrace from outside, or by a middleware in the code'),
    port: z
      .int('a port number from 1 to 65535')
      .min(1, 'a port number from 1 to 65535')
      .max(65535, 'a port number from 1 to 65535')
      .refine(
        (port) => !takenPorts.includes(port),
        `a port that the box doesn't use itself; taken: ${takenPorts.join(', ')}`,
      )
      .meta({ description: 'TCP port', examples: [5050] }),
    service: kept('the name of the service', normalService, maximumServiceLength).meta({
      description: 'Name of the service, DD_SERVICE',
      examples: ['trial-app'],
    }),
    env: kept('the environment', normalTagValue, maximumServiceLength).meta({
      description: 'Environment, DD_ENV',
      examples: ['trial'],
    }),
    version: tagValue('the version of the app').meta({
      description: 'Version of the app, DD_VERSION',
      examples: ['1.0.0'],
    }),
    ...appContainer,
    traffic: z
      .record(
        text(/^\/[^\s]*$/, 'the path of a route, which starts with /'),
        z.number('a number such as 70').positive('a number above 0'),
        'a map of routes and their shares',
      )
      .refine((shares) => Object.keys(shares).length > 0, 'at least one route')
      .optional()
      .meta({
        description: 'Share of each route in `npm run traffic`, in percent or by weight; default: equal shares',
        examples: [{ '/': 70, '/api/apm': 30 }],
        minProperties: 1,
      }),
  })
  .describe('A traced app')

const aptMirror = address('the address of a Debian or Ubuntu mirror, without a password')

const mirrors = z
  .strictObject({
    apt: z
      .union(
        [
          aptMirror,
          z.strictObject({
            main: aptMirror.meta({ description: 'The archive', examples: ['http://mirror.example/debian'] }),
            security: aptMirror.meta({
              description: 'Its security updates',
              examples: ['http://mirror.example/debian-security'],
            }),
          }),
        ],
        'the address of a mirror of the distribution, or { main: ADDRESS, security: ADDRESS }',
      )
      .optional()
      .meta({
        description:
          "Mirror of the distribution's archive; its security updates where the distribution has them beside it",
        examples: ['http://mirror.example/debian'],
      }),
    pypi: address('the address of a Python package index')
      .optional()
      .meta({ description: 'Python package index', examples: ['https://pypi.example/simple'] }),
    agent: address("the address of a mirror of the Agent's repository")
      .optional()
      .meta({ description: "Mirror of the Agent's repository", examples: ['https://mirror.example/datadog'] }),
    database: address("the address of a mirror of the repository of the database's publisher")
      .optional()
      .meta({
        description: "Mirror of the repository of the database's publisher",
        examples: ['https://mirror.example/mongodb'],
      }),
    keys: address('the address of a folder with the public keys of both repositories')
      .optional()
      .meta({
        description: 'Folder with the public keys of the repositories',
        examples: ['https://mirror.example/keys'],
      }),
    images: address('the address of a folder with cloud images, laid out as their publisher does')
      .optional()
      .meta({
        description: 'Folder with cloud images, laid out as their publisher does',
        examples: ['https://mirror.example/cloud-images'],
      }),
    proxy: address('the address of an HTTP proxy, without a password')
      .optional()
      .meta({ description: 'HTTP proxy for downloads', examples: ['http://proxy.example:3128'] }),
    caBundle: text(/^[^\0\n]+$/, 'the path of a file of certificates')
      .optional()
      .meta({ description: 'File with certificates to trust while baking', examples: ['certificates/company.pem'] }),
    keep: z.boolean('true or false').optional().describe('Leave mirrors, proxy and certificates in the image'),
  })
  .describe('Package mirrors, proxy and certificates of a closed network, used while baking only')

const repository = z.string(repositoryExpectation).superRefine((value, context) => {
  const parsed = parseRepository(value)
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed })
})

const cache = z
  .strictObject({
    from: z
      .array(repository, 'a list of repositories such as [ghcr.io/team/layers]')
      .min(1, 'at least one repository')
      .refine((all) => new Set(all).size === all.length, 'each repository once')
      .meta({
        description: 'Repositories of OCI registries, asked in this order',
        examples: [['ghcr.io/team/layers']],
      }),
    plainHttp: flag.optional().describe('Ask by plain HTTP: registries on loopback only'),
  })
  .superRefine((value, context) => {
    for (const [index, name] of value.from.entries())
      if (value.plainHttp === true && !isLoopback(name.split('/')[0] ?? ''))
        context.addIssue({
          code: 'custom',
          path: ['from', index],
          message: 'a registry on loopback, such as localhost:5000/layers, since plainHttp is true',
        })
  })
  .describe('Registries that a bake pulls stored layers from instead of building them')

/** What `image.formats` may name: the formats that an image is published in. */
export const formats = ['qcow2', 'raw', 'vmdk', 'vhd', 'oci'] as const

const image = z
  .strictObject({
    size: text(/^[1-9]\d{0,3}G$/, 'a size in whole GiB such as 10G')
      .optional()
      .meta({ description: 'Size of the disk; default 10G for a cloud image, 4G for the lab base', examples: ['10G'] }),
    formats: z
      .array(z.enum(formats, `one of ${formats.join(', ')}`), 'a list of formats such as [qcow2, vmdk]')
      .min(1, 'at least one format')
      .refine((all) => new Set(all).size === all.length, 'each format once')
      .refine((all) => all.includes('qcow2'), 'qcow2 among them: it is what boots and is verified')
      .optional()
      .meta({
        description:
          'Formats that the image is published in; default [qcow2]. oci is the container image of the Agent with its checks',
        examples: [['qcow2', 'vmdk']],
      }),
  })
  .describe('The published disk image')

export const nameOfBox = text(/^[a-z][a-z0-9-]{0,62}$/, 'a name of lower-case letters, digits and -, as the file')

/** The whole box file. */
export const boxFile = z
  .strictObject({
    box: nameOfBox.meta({
      description: 'Name of the box, as the file',
      examples: ['shop-db'],
    }),
    version,
    boxhound: boxhoundRange,
    base,
    agent,
    database: database.nullish().describe('A database with its monitoring user and integration'),
    checks: z
      .record(text(/^[a-z][a-z0-9_]*$/, 'a check name of lower-case letters, digits and _'), check, 'a map of checks')
      .nullish()
      .meta({ description: 'Custom checks by name', examples: [{ my_metric: { interval: 45 } }] }),
    integrations: integrations(options),
    logs,
    app: app.nullish().describe('A traced app'),
    refresh: z
      .strictObject({
        days: z
          .int('a whole number of days from 1 to 365')
          .min(1, 'at least 1 day')
          .max(365, 'at most 365 days')
          .default(7)
          .describe('Days'),
      })
      .optional()
      .describe('After how many days layers that install packages are built anew'),
    mirrors: mirrors.optional(),
    image: image.optional(),
    cache: cache.optional(),
    observe: observe.optional(),
    layers: layers.nullish(),
    expect: expect.nullish(),
    goss,
  })
  .superRefine((value, context) => {
    if (value.database?.logs === true && !value.agent.logs)
      context.addIssue({
        code: 'custom',
        path: ['database', 'logs'],
        message: 'false, or agent.logs: true: the Agent collects no logs in this box',
      })
    const unfit = containerFormatProblem(value)
    if (unfit !== undefined)
      context.addIssue({ code: 'custom', path: unfit.path, message: unfit.message, params: { next: unfit.next } })
  })
  .describe('A boxhound box')

export type BoxFile = z.infer<typeof boxFile>
