// Rejects options that npm swallowed, and suggests the right command line.

import { isNpmsOwn, onNpmsLine } from '../../_npm.mjs'
import type { Command } from './command.ts'
import { BoxhoundError } from './errors.ts'

/** An option as typed, with its value if npm kept that. */
interface Taken {
  readonly written: string
  /** Placeholder of a value that npm left among the arguments, since it treats unknown options as switches. */
  readonly lost?: string
  readonly known: boolean
}

/** npm's one-letter options: it reads an unknown `--plan` as `-p -l -a -n`. */
const letters: Readonly<Record<string, string>> = {
  a: 'all',
  c: 'call',
  d: 'loglevel',
  f: 'force',
  g: 'global',
  l: 'long',
  m: 'message',
  n: 'yes',
  p: 'parseable',
  q: 'loglevel',
  s: 'loglevel',
  v: 'version',
  w: 'workspace',
  y: 'yes',
}

/** How npm reads an option letter by letter; undefined if it doesn't. */
const spelled = (name: string): string[] | undefined => {
  const all = [...name].map((letter) => letters[letter])
  return name.length > 1 && all.every((one) => one !== undefined) ? [...new Set(all)] : undefined
}

/** The settings on npm's line, with those that make up one of the verb's options merged into it. */
const joined = (line: ReadonlyMap<string, string>, { options }: Command): [name: string, value: string][] => {
  // Log level and `yes` are often also set by an .npmrc, and then don't show up as typed.
  const found = Object.keys(options).find((name) => {
    const parts = spelled(name)?.filter((one) => one !== 'loglevel' && one !== 'yes') ?? []
    return name !== 'all' && parts.length > 0 && parts.every((one) => line.has(one))
  })
  if (found === undefined) return [...line]
  const parts = spelled(found) ?? []
  return [[found, 'true'], ...[...line].filter(([name]) => !parts.includes(name))]
}

const word = (text: string): string =>
  /^[\w@%+=:,./…-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

const takenAs = (name: string, value: string, { options }: Command, environment: NodeJS.ProcessEnv): Taken[] => {
  const option = options[name]
  if (option === undefined) {
    if (value === '' && options[`no-${name}`]?.type === 'boolean') return [{ written: `--no-${name}`, known: true }]
    return value === '' || isNpmsOwn(name, environment) ? [] : [{ written: `--${name}`, known: false }]
  }
  // `--no-json` asks for what is the default.
  if (option.type === 'boolean') return /^(false)?$/.test(value) ? [] : [{ written: `--${name}`, known: true }]
  if (value !== 'true') return value.split('\n\n').map((one) => ({ written: `--${name} ${word(one)}`, known: true }))
  const lost = typeof option.value === 'string' ? option.value : (option.value?.join('|') ?? 'VALUE')
  return [{ written: `--${name}`, lost, known: true }]
}

/** The intended command line. Values that npm turned into arguments are taken from the end; with several, which is whose can't be known. */
const meant = (argv: readonly string[], verb: string, all: readonly Taken[]): string => {
  const lost = all.filter((one) => one.lost !== undefined).length
  const words = lost === 0 ? argv : argv.slice(0, Math.max(argv.length - lost, 0))
  const single = lost === 1 ? argv.at(-1) : undefined
  const written = all.map((one) =>
    one.lost === undefined ? one.written : `${one.written} ${single === undefined ? one.lost : word(single)}`,
  )
  return ['npm run', verb, '--', ...words.map(word), ...written].join(' ')
}

/**
 * Rejects a command line whose options npm swallowed because `--` was forgotten: the verb would do more than asked. Verbs called by another
 * verb, or not started by npm, are not checked.
 *
 * @param argv words after the verb, as they came.
 * @throws BoxhoundError E_USAGE (exit code 2) with the line to write.
 */
export const assertNotTaken = (
  argv: readonly string[],
  command: Command,
  environment: NodeJS.ProcessEnv = process.env,
): void => {
  if (environment.npm_lifecycle_event !== command.verb) return
  const given = new Set(argv.flatMap((one) => (one.startsWith('--') ? [one.slice(2).split('=', 1)[0]] : [])))
  const all = joined(onNpmsLine(environment), command)
    .filter(([name]) => !given.has(name))
    .flatMap(([name, value]) => takenAs(name, value, command, environment))
  if (all.length === 0) return
  const names = all.map(({ written }) => written.split(' ', 1)[0]).join(', ')
  const stranger = all.find(({ known }) => !known)
  throw new BoxhoundError('E_USAGE', `${names} ${all.length === 1 ? 'was' : 'were'} taken by npm`, {
    exitCode: 2,
    expected: '-- before the options: npm keeps options without it for itself',
    found: `npm run ${command.verb} without them`,
    next:
      stranger === undefined
        ? `write ${meant(argv, command.verb, all)}`
        : `npm run ${command.verb} -- --help; it has no ${stranger.written}`,
  })
}
