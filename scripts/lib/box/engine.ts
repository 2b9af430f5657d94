// A database engine's database.yaml.

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import { isPattern } from './pattern.ts'
import type { Problem } from './problems.ts'
import { readSource } from './read.ts'
import { foundAt, keyOffset, type Source, valueOffset } from './source.ts'
import { assertNone, validate } from './validate.ts'

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

const engineFile = z.strictObject({
  title: line,
  /** A folder beside this one, all of which belongs to the engine as well. */
  extends: text(/^_[a-z][a-z0-9_-]*$/, 'the name of a folder that starts with _').optional(),
  /** `{version}` by the name of a system; a system without one is refused. */
  versions: z.record(z.string(), text(/^[0-9A-Za-z][0-9A-Za-z.+~-]*$/, 'a version in quotes such as "17"')).optional(),
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
  cap: z.strictObject({ statement: line, value: z.int('a whole number').min(1, 'at least 1') }),
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

/** What a database engine is, `{version}` filled in; plain data (guide/databases.md). */
export type Engine = z.infer<typeof engineFile>
export type Trial = z.infer<typeof trial>
export type Inspection = z.infer<typeof inspection>
export type EngineTraffic = z.infer<typeof traffic>

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Map by map; a list of the engine's own takes the place of the shared one. */
const merged = (base: Tree, own: Tree): Tree => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(own).map(([key, value]) => {
      const shared = base[key]
      return [key, isTree(shared) && isTree(value) ? merged(shared, value) : value]
    }),
  ),
})

const read = (folder: string, project: Project): { source: Source; value: Tree } => {
  const source = readSource(join(folder, 'database.yaml'), project)
  return { source, value: isTree(source.value) ? source.value : {} }
}

/** What engines share: all that it says is right; what it leaves out an engine's own file must say. */
const readShared = (folder: string, project: Project): Tree => {
  const { source, value } = read(folder, project)
  assertNone(
    source,
    validate(source, engineFile, value).problems.filter(({ found }) => found !== 'nothing'),
  )
  return value
}

/** `{version}` in every text of a value. */
const filled = <T>(value: T, version: string): T =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === 'string' ? one.replaceAll('{version}', version) : one,
  ) as T

/** A folder that engines share: beside this one, or boxhound's own. */
const sharedFolder = (folder: string, name: string, { root }: Project): string =>
  [dirname(folder), join(root, 'provision/30-database')].map((parent) => join(parent, name)).find(existsSync) ??
  join(dirname(folder), name)

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
 * @returns its data, its version on that system (empty without `versions`), and its folders: what it extends first.
 * @throws BoxhoundError E_BOX_FILE with positions inside database.yaml.
 */
export const readEngine = (
  folder: string,
  system: string,
  project: Project,
): { readonly definition: Engine; readonly version: string; readonly folders: readonly string[] } => {
  const own = read(folder, project)
  const parent = own.value.extends === undefined ? undefined : sharedFolder(folder, String(own.value.extends), project)
  const base = parent === undefined ? {} : readShared(parent, project)
  const { data, problems } = validate(own.source, engineFile, merged(base, own.value))
  assertNone(own.source, problems)
  if (data === undefined) throw new Error('a file without problems has data')
  const version = data.versions?.[system] ?? ''
  if (data.versions !== undefined && version === '')
    assertNone(own.source, [systemProblem(own.source, data.versions, system)])
  return {
    definition: filled(data, version),
    version,
    folders: [...(parent === undefined ? [] : [parent]), folder],
  }
}

/** The value of a box file's `database.dbm` where the engine's folder says nothing of Database Monitoring. */
export const monitoringProblem = (source: Source, title: string): Problem => ({
  offset: valueOffset(source, ['database', 'dbm']),
  message: `Database Monitoring is not set up for ${title}`,
  expected: 'false, or an engine whose database.yaml has monitoring',
  found: foundAt(source, ['database', 'dbm']),
  next: 'remove dbm, or add monitoring to the database.yaml of the engine',
})
