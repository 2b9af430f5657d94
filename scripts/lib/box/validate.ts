// Turns zod issues into problems with positions.

import { isMap, isScalar } from 'yaml'
import * as z from 'zod'
import { nearest } from './nearest.ts'
import { type Problem, problemsError } from './problems.ts'
import { foundAt, keyOffset, nodeAt, type Path, type Source, valueOffset } from './source.ts'
import { isTag, normalTag } from './tags.ts'

type Issue = z.core.$ZodIssue

const unwrap = (schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrap(schema.def.innerType)
  // What is looked at before its shape: the shape comes second.
  if (schema instanceof z.ZodPipe && schema.def.in instanceof z.ZodTransform) return unwrap(schema.def.out)
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter())
  return schema
}

const into = (schema: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType[] => {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodObject) return [inner.shape[String(key)]].filter((x) => x !== undefined)
  if (inner instanceof z.ZodRecord) return [inner.def.valueType]
  if (inner instanceof z.ZodArray) return [inner.def.element]
  return inner instanceof z.ZodUnion ? inner.def.options.flatMap((option) => into(option, key)) : []
}

/** Names that a schema knows at a path; of several shapes those of the ones that have most of the names in use. */
const knownKeys = (schema: z.core.$ZodType, path: Path, used: readonly string[]): string[] => {
  const found = path.reduce<z.core.$ZodType[]>((all, key) => all.flatMap((one) => into(one, key)), [schema])
  const shapes = found
    .map(unwrap)
    .flatMap((one) => (one instanceof z.ZodUnion ? one.def.options.map(unwrap) : [one]))
    .flatMap((one) => (one instanceof z.ZodObject ? [Object.keys(one.shape)] : []))
  const shared = (names: readonly string[]): number => used.filter((name) => names.includes(name)).length
  const most = Math.max(0, ...shapes.map(shared))
  return [...new Set(shapes.filter((names) => shared(names) === most).flat())]
}

/** The keys of the map at a path of a file. */
const keysAt = (source: Source, path: Path): string[] => {
  const node = nodeAt(source, path)
  return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : []
}

export const pathName = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')

/** How far a value is from a branch: what is wrong with it, each unknown key once. */
const distanceOf = (errors: readonly Issue[]): number =>
  errors.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)

/** Index of the branch of a union that matches the value best: of those whose validation got into the value, the one with the least wrong. */
const branch = ({ errors }: z.core.$ZodIssueInvalidUnion): number | undefined => {
  const [best] = errors
    .map((own, index) => ({ own, index }))
    .filter(({ own }) => own.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'))
    .sort((a, b) => distanceOf(a.own) - distanceOf(b.own))
  return best?.index
}

/** The schema of one branch of a union at a path; undefined where it is not clear which union is meant. */
const branchAt = (schema: z.core.$ZodType, path: Path, index: number): z.core.$ZodType | undefined => {
  const found = path.reduce<z.core.$ZodType[]>((all, key) => all.flatMap((one) => into(one, key)), [schema]).map(unwrap)
  const [only] = found
  return found.length === 1 && only instanceof z.ZodUnion ? only.def.options[index] : undefined
}

/** Whether a value is valid at a path: a suggested value must not be rejected in turn. */
type Fits = (value: unknown) => boolean

const fitsAt =
  (schema: z.core.$ZodType, path: Path): Fits =>
  (value) => {
    const found = path.reduce<z.core.$ZodType[]>((all, key) => all.flatMap((one) => into(one, key)), [schema])
    return found.some((one) => z.safeParse(one, value).success)
  }

/** Hints for values that YAML reads differently than the user meant. */
const hint = (found: string, expected: string, code: Issue['code'], fits: Fits): string => {
  const plain = 'change it to the expected value'
  const number = /^([-+]?[0-9][0-9.]*) \(number\)$/.exec(found)
  // A number that is refused for its size was meant to be one.
  if (number !== null && code === 'invalid_type' && !/number/.test(expected))
    return fits(number[1]) ? `quote it: "${number[1]}"` : plain
  if (/^["']?<.*>["']? \(string\)$/.test(found))
    return 'replace the placeholder, angle brackets included, with the value'
  const quoted = /^["'](.*)["'] \(string\)$/.exec(found)?.[1]
  if (quoted !== undefined && /number|true or false/.test(expected))
    return fits(quoted === 'true' ? true : quoted === 'false' ? false : Number(quoted)) ? 'remove the quotes' : plain
  if (/\(string\)$/.test(found) && /^a list/.test(expected)) return 'write a list: [one, two]'
  const pair = /^(\w+): (\S+) \(a map\)$/.exec(found)
  if (pair !== null)
    return fits(`${pair[1]}:${pair[2]}`) ? `write ${pair[1]}:${pair[2]} without a space after the colon` : plain
  const bool = /^(yes|on|no|off) \(string\)$/i.exec(found)
  if (bool !== null && fits(true)) return `write ${/yes|on/i.test(bool[1] ?? '') ? 'true' : 'false'}`
  if (/^a tag/.test(expected)) {
    const normal = normalTag(found.replace(/ \(string\)$/, '').replace(/^(["'])(.*)\1$/, '$2'))
    return isTag(normal)
      ? `write ${JSON.stringify(normal)}: Datadog stores tags in lower case, and other characters as _`
      : plain
  }
  if (/^a map/.test(expected)) return 'write a map: { key: value }'
  return plain
}

const words: Readonly<Record<string, string>> = {
  object: 'a map of keys and values',
  record: 'a map of names and values',
  array: 'a list',
  boolean: 'true or false',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
}

/** Whether one of our own issues is about a secret, which no message quotes. */
const isHidden = (issue: Issue): boolean => issue.code === 'custom' && issue.params?.hidden === true

/** The next step given by one of our own issues. */
const ownHint = (issue: Issue): string | undefined => {
  const next: unknown = issue.code === 'custom' ? issue.params?.next : undefined
  return typeof next === 'string' ? next : undefined
}

/** `add box, version, base and agent`: the required keys of a schema. */
const beginning = (schema: z.core.$ZodType): string => {
  if (!(schema instanceof z.ZodObject)) return 'write the expected value'
  const needed = Object.entries(schema.shape).flatMap(([name, field]) =>
    field instanceof z.ZodType && !field.safeParse(undefined).success ? [name] : [],
  )
  const last = needed.at(-1) ?? ''
  return `add ${needed.length > 1 ? `${needed.slice(0, -1).join(', ')} and ${last}` : last}`
}

const expectedOf = (issue: Issue): string =>
  issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')
    ? (words[issue.expected] ?? issue.expected)
    : issue.message

const problemsOf = (issue: Issue, source: Source, schema: z.core.$ZodType, base: Path): Problem[] => {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      unknownKey([...path, key], knownKeys(schema, issue.path, keysAt(source, path)), source),
    )
  if (issue.code === 'invalid_union') {
    const best = branch(issue)
    const own = best === undefined ? undefined : branchAt(schema, issue.path, best)
    if (best !== undefined)
      return (issue.errors[best] ?? []).flatMap((inner) =>
        own === undefined
          ? problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, source, schema, base)
          : problemsOf(inner, source, own, path),
      )
  }
  if (issue.code === 'invalid_key') return [invalidName(issue, path, source)]
  const found = foundAt(source, path)
  const expected = expectedOf(issue)
  const name = pathName(path) || 'the file'
  const missing = found === 'nothing'
  return [
    {
      offset: valueOffset(source, path),
      message: missing ? `${name} is ${path.length === 0 ? 'empty' : 'missing'}` : `${name} is not valid`,
      expected,
      found: isHidden(issue) ? 'not shown' : found,
      next:
        ownHint(issue) ??
        (missing ? nextOfMissing(path, schema) : hint(found, expected, issue.code, fitsAt(schema, issue.path))),
    },
  ]
}

const nextOfMissing = (path: Path, schema: z.core.$ZodType): string =>
  path.length === 0 ? beginning(schema) : `add ${pathName(path)}`

const invalidName = (issue: z.core.$ZodIssueInvalidKey, path: Path, source: Source): Problem => ({
  offset: keyOffset(source, path),
  message: `${pathName(path)} is not a valid name`,
  expected: issue.issues[0]?.message ?? 'a name',
  found: String(path.at(-1)),
  next: 'rename it',
})

/** The problem of an unknown key or name, with the nearest known one (fault 12). */
export const unknownKey = (path: Path, known: readonly string[], source: Source): Problem => {
  const key = String(path.at(-1))
  const best = nearest(key, known)
  return {
    offset: keyOffset(source, path),
    message: `unknown key "${key}"${path.length > 1 ? ` in ${pathName(path.slice(0, -1))}` : ''}`,
    expected: known.length === 0 ? 'no keys here' : `one of ${known.join(', ')}`,
    found: key,
    next: best === undefined ? 'remove it' : `did you mean "${best}"?`,
  }
}

/**
 * Validates a file's value against a schema.
 *
 * A schema's message says what was expected; the rest of an error (position, found, next) comes from the file.
 * A refinement's issue may give the next step as `params: { next }`.
 *
 * @param base path of the value inside the file, unless it is the whole file.
 */
export const validate = <T>(
  source: Source,
  schema: z.ZodType<T>,
  value: unknown = source.value,
  base: Path = [],
): { readonly data: T | undefined; readonly problems: readonly Problem[] } => {
  const result = schema.safeParse(value)
  if (result.success) return { data: result.data, problems: [] }
  return { data: undefined, problems: result.error.issues.flatMap((issue) => problemsOf(issue, source, schema, base)) }
}

/** Throws all problems found in a file, one per position, if there are any. */
export const assertNone = (source: Source, problems: readonly Problem[]): void => {
  const taken = new Set(source.problems.map(({ offset }) => offset))
  const all = [...source.problems, ...problems.filter(({ offset }) => !taken.has(offset))]
  if (all.length > 0) throw problemsError(source.path, source.text, all)
}
