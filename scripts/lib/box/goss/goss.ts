// A goss.yaml beside the box file, as far as its resources have a counterpart.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isObject } from '../../_helpers/json.ts'
import type { Project } from '../../_helpers/paths.ts'
import { titleOf } from '../expect.ts'
import { type Assertion, usualWithin } from '../expected.ts'
import { type Problem, problemsError } from '../problems.ts'
import { displayPath, readSource } from '../read.ts'
import { foundAt, keyOffset, type Path, type Source, valueOffset } from '../source.ts'
import { assertNone, unknownKey } from '../validate.ts'
import { resources } from './resources.ts'

export interface Goss {
  readonly assertions: readonly Assertion[]
  /** `KIND NAME: WHY` of everything that is not judged. */
  readonly unjudged: readonly string[]
}

/** The file that counts without a word in the box file. */
export const gossFile = 'goss.yaml'

/** `goss-port-tcp-80`: a name for an id. */
const nameOf = (kind: string, key: string, taken: ReadonlySet<string>): string => {
  const slug = key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const name = `goss-${kind}-${slug}`.slice(0, 60).replace(/-$/, '')
  if (!taken.has(name)) return name
  for (let number = 2; ; number += 1) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`
}

/** Looked for before the file is parsed: a template is seldom YAML. */
const assertNoTemplate = (file: string, project: Project): void => {
  const text = readFileSync(file, 'utf8')
  const offset = text.indexOf('{{')
  if (offset < 0) return
  const next = 'render it first: goss render > goss.yaml'
  const problem = { offset, message: 'a template', expected: 'a goss.yaml without {{ }}', found: '{{', next }
  throw problemsError(displayPath(file, project), text, [problem])
}

const misshapen = (source: Source, path: Path, expected: string): Problem => ({
  offset: path.length === 0 ? 0 : valueOffset(source, path),
  message: path.length === 0 ? 'not a goss.yaml' : `${path.join('.')} is not valid`,
  expected,
  found: foundAt(source, path),
  next: 'correct it, or remove it',
})

/**
 * Reads a goss.yaml.
 *
 * @throws BoxhoundError E_BOX_FILE (exit code 2) with positions: a template, an unknown kind of resource, a wrong shape.
 */
export const readGoss = (file: string, project: Project): Goss => {
  assertNoTemplate(file, project)
  const source = readSource(file, project)
  const problems: Problem[] = []
  const { value } = source
  if (!isObject(value)) assertNone(source, [misshapen(source, [], 'a map of resources such as file, port and service')])
  const assertions: Assertion[] = []
  const unjudged: string[] = []
  const taken = new Set<string>()
  for (const [kind, entries] of Object.entries(isObject(value) ? value : {})) {
    const map = Object.hasOwn(resources, kind) ? resources[kind] : undefined
    if (map === undefined) problems.push(unknownKey([kind], Object.keys(resources), source))
    else if (!isObject(entries)) problems.push(misshapen(source, [kind], 'a map of resources'))
    else
      for (const [key, given] of Object.entries(entries)) {
        if (!isObject(given)) {
          problems.push({
            ...misshapen(source, [kind, key], 'a map of attributes'),
            offset: keyOffset(source, [kind, key]),
          })
          continue
        }
        if (given.skip === true) {
          unjudged.push(`${kind} ${key}: its author skips it`)
          continue
        }
        const { expected, unjudged: why } = map(key, given)
        unjudged.push(...why.map((reason) => `${kind} ${key}: ${reason}`))
        if (expected === undefined) continue
        const name = nameOf(kind, key, taken)
        taken.add(name)
        const title = typeof given.title === 'string' ? given.title : titleOf(expected)
        assertions.push({ name, title, within: usualWithin, expected })
      }
  }
  assertNone(source, problems)
  return { assertions, unjudged }
}

/** The id of what is not judged. */
const rest = 'goss'

const missing = (source: Source): Problem => ({
  offset: valueOffset(source, ['goss']),
  message: 'no such file',
  expected: 'a goss.yaml',
  found: foundAt(source, ['goss']),
  next: 'correct the path, which begins at the box file',
})

/** What a goss.yaml adds to a box. */
interface GossOfBox {
  /** With one more that lists what is not judged. */
  readonly assertions: readonly Assertion[]
  /** How much that is. */
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
  /** The file that was read, absolute. */
  readonly file?: string
}

/**
 * The assertions of the goss.yaml that a box has.
 *
 * @param given `goss` of the box file.
 */
export const gossOf = (
  given: string | false | undefined,
  source: Source,
  boxFile: string,
  project: Project,
): GossOfBox => {
  const file = join(dirname(boxFile), given || gossFile)
  const nothing = { assertions: [], notes: [], problems: [] }
  if (given === false || (given === undefined && !existsSync(file))) return nothing
  if (!existsSync(file)) return { ...nothing, problems: [missing(source)] }
  const { assertions, unjudged } = readGoss(file, project)
  if (unjudged.length === 0) return { ...nothing, assertions, file }
  const title = 'What goss.yaml says and boxhound does not judge'
  const more = { name: rest, title, within: usualWithin, expected: { kind: 'unjudged' as const, reasons: unjudged } }
  const many = `${assertions.length} resources are judged; expect.${rest} lists ${unjudged.length} things that are not`
  return { assertions: [...assertions, more], notes: [`${displayPath(file, project)}: ${many}`], problems: [], file }
}
