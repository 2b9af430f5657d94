// A database engine's database.yaml.

import { basename, dirname } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { options } from './check-schema.ts'
import { issueOf } from './contradiction.ts'
import { optionContradictions } from './definition-rules.ts'
import { extendsKey, readExtended } from './extends.ts'
import { isPattern } from './pattern.ts'
import type { Problem } from './problems.ts'
import { publisher } from './publisher.ts'
import { foundAt, keyOffset, type Source, valueOffset } from './source.ts'
import { assertNone } from './validate.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)
const line = text(/^[^\0\n]+$/, 'one line of text')
const absolute = text(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\n]*$/, 'an absolute path without ..')
const account = text(/^[a-z_][a-z0-9_-]*$/, 'the name of an account')
const list = <T extends z.ZodType>(item: T, expected = 'a list') => z.array(item, expected)
const pattern = line.refine(isPattern, 'a valid regular expression')

const trial = z.strictObject({
  /** Completes "can …" and "cannot …". */
  what: line,
  /** Statements of different versions: it counts as allowed when one of them is. */
  any: list(line, 'a list of statements').min(1, 'at least one statement'),
  /** Run afterwards, in case a refused one was allowed: takes away what it made. */
  after: line.optional(),
})

/** Something that is judged as root in the guest: a command, and what it must print. */
const inspection = z.strictObject({
  what: line,
  command: list(line, 'a command as a list of words').min(1, 'a command'),
  output: z.string('text'),
})

/** Something to do with the database, and counters of its own that must tell of it (`npm run traffic`). */
const traffic = z.strictObject({
  title: line,
  /** A file in the engine's folders: `prepare`, `run` and `remove` (guide/databases.md). */
  script: text(/^[a-z0-9][\w.-]*$/, 'the name of a file in the folder of the engine'),
  counters: list(
    z.strictObject({
      what: line,
      /** One row whose last column is a number; run by the administrator, before and after. */
      statement: line,
      /** The least that one transaction adds. */
      each: z.int('a whole number').min(1, 'at least 1').default(1),
    }),
    'a list of counters',
  ).min(1, 'at least one counter'),
})

const shape = z.strictObject({
  title: line,
  extends: extendsKey,
  /** `{version}` by the name of a system; a system without one is refused. */
  versions: z.record(z.string(), text(/^[0-9A-Za-z][0-9A-Za-z.+~-]*$/, 'a version in quotes such as "17"')).optional(),
  /** Of packages that are not the distribution's: `{version}` is then `database.version` of the box file. */
  repository: publisher.optional(),
  /** What a box file may choose in `database.options`. */
  options,
  unit: text(/^[A-Za-z0-9][A-Za-z0-9:_.{}@-]*$/, 'the name of a systemd unit'),
  port: z.int('a port number').min(1, 'a port number').max(65535, 'a port number'),
  logs: list(z.strictObject({ path: absolute, source: line, service: line }), 'a list of log files').default([]),
  client: z.strictObject({
    programs: list(text(/^[A-Za-z0-9/][\w./+{}-]*$/, 'the name of a program')).min(1, 'at least one program'),
    // Anybody on the machine sees a process's arguments.
    arguments: list(
      line.refine((value) => !value.includes('{password}'), 'no {password}: it goes by environment'),
    ).default([]),
    environment: z.record(text(/^[A-Za-z_]\w*$/, 'the name of a variable'), z.string('text')).default({}),
    mark: line.refine((value) => value.includes('{mark}'), 'a line with {mark}'),
    statement: line.refine((value) => value.includes('{statement}'), 'a line with {statement}'),
    error: pattern,
  }),
  login: line,
  rights: z.strictObject({
    statement: line,
    row: pattern.optional(),
    ignore: list(line).default([]),
    synonyms: z.record(z.string(), line).default({}),
    exactly: list(line, 'a list of rights'),
  }),
  /** Left out for a server that limits no user's connections. */
  cap: z.strictObject({ statement: line, value: z.int('a whole number').min(1, 'at least 1') }).optional(),
  trials: z.strictObject({ allowed: list(trial).default([]), refused: list(trial).default([]) }),
  inspections: list(inspection).default([]),
  monitoring: z
    .strictObject({
      rights: list(line).default([]),
      allowed: list(trial).default([]),
      refused: list(trial).default([]),
      inspections: list(inspection).default([]),
      /** Metrics of check.yaml that the integration does not send then. */
      absent: list(line).default([]),
    })
    .optional(),
  /**
   * What differs where the Agent runs in a container and comes from the box's bridge. Left out for an engine that does
   * not admit it. Inspections replace those of the same `what`; in them `{gateway}` is the host on the bridge and
   * `{agent}` the Agent's address.
   */
  container: z.strictObject({ inspections: list(inspection).default([]) }).optional(),
  seal: list(absolute).default([]),
  present: list(absolute).default([]),
  identities: list(z.strictObject({ name: line, command: list(line).min(1, 'a command') })).default([]),
  accounts: list(account).default([]),
  groups: z.record(account, list(account)).default({}),
  tables: list(absolute).default([]),
  data: list(absolute).default([]),
  lines: list(z.strictObject({ path: absolute, pattern, title: line, planted: z.string('text') })).default([]),
  traffic: traffic.optional(),
})

const engineFile = shape.superRefine((value, context) => {
  for (const contradiction of optionContradictions(value.options)) context.addIssue(issueOf(contradiction))
  if (value.versions !== undefined && value.repository !== undefined)
    context.addIssue({
      code: 'custom',
      path: ['versions'],
      message: 'only one of versions and repository',
      params: { next: 'remove versions: the box file names the version of an engine that has a repository' },
    })
})

/** What a database engine is, `{version}` filled in; plain data (guide/databases.md). */
export type Engine = z.infer<typeof engineFile>
export type Trial = z.infer<typeof trial>
export type Inspection = z.infer<typeof inspection>
export type EngineTraffic = z.infer<typeof traffic>

/** `{version}` in every text of a value. */
const filled = <T>(value: T, version: string): T =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'string' ? one.replaceAll('{version}', version) : one,
  ) as T

const systemProblem = (source: Source, versions: Readonly<Record<string, string>>, system: string): Problem => ({
  offset: keyOffset(source, ['versions']),
  message: `${basename(dirname(source.path))} has no version for ${system}`,
  expected: `a base with one of ${Object.keys(versions).join(', ')}`,
  found: system,
  next: `choose another base or engine, or add ${system}: "VERSION" to versions`,
})

/**
 * Reads what an engine is.
 *
 * @param system name of the box's system, which decides `{version}`.
 * @param wanted `database.version` of the box file, which decides it for an engine that has a repository.
 * @returns its data, its version (empty where neither decides), and its folders: what it extends first.
 * @throws BoxhoundError E_BOX_FILE with positions inside database.yaml.
 */
export const readEngine = (
  folder: string,
  system: string,
  project: Project,
  wanted = '',
): { readonly definition: Engine; readonly version: string; readonly folders: readonly string[] } => {
  const { data, source, folders } = readExtended('database', folder, engineFile, project)
  const version = data.repository === undefined ? (data.versions?.[system] ?? '') : wanted
  if (data.versions !== undefined && version === '') assertNone(source, [systemProblem(source, data.versions, system)])
  return { definition: filled(data, version), version, folders }
}

/** The value of a box file's `database.dbm` where the engine's folder says nothing of Database Monitoring. */
export const monitoringProblem = (source: Source, title: string): Problem => ({
  offset: valueOffset(source, ['database', 'dbm']),
  message: `Database Monitoring is not set up for ${title}`,
  expected: 'false, or an engine whose database.yaml has monitoring',
  found: foundAt(source, ['database', 'dbm']),
  next: 'remove dbm, or add monitoring to the database.yaml of the engine',
})

/** The value of a box file's `agent.run` where the engine does not admit a container. */
export const containerProblem = (source: Source, title: string): Problem => ({
  offset: valueOffset(source, ['agent', 'run']),
  message: `${title} does not admit an Agent in a container`,
  expected: 'package, or an engine whose database.yaml has container',
  found: foundAt(source, ['agent', 'run']),
  next: 'write run: package, choose another engine, or add container to the database.yaml of the engine (guide/containers.md)',
})
