// A verb's command line as data: parsing, help, usage errors.

import { parseArgs } from 'node:util'
import type { Command, Option } from './command.ts'
import { BoxhoundError } from './errors.ts'
import { assertNotTaken } from './npm-options.ts'
import { asTyped } from './typed.ts'

export type { Command } from './command.ts'

export interface Parsed {
  readonly positional: string | undefined
  /** All of them, if the verb takes several. */
  readonly positionals: readonly string[]
  readonly rest: readonly string[]
  readonly flags: Readonly<Record<string, boolean>>
  readonly values: Readonly<Record<string, string>>
  readonly lists: Readonly<Record<string, readonly string[]>>
}

/** The help page of a verb. */
export const helpText = (command: Command): string => {
  const { positional } = command
  const words =
    command.words ??
    (positional === undefined ? undefined : `[${positional.name}${positional.multiple === true ? '…' : ''}]`)
  const rows = [
    ...(positional === undefined ? [] : [[positional.name, positional.help]]),
    ...Object.entries(command.options).map(([name, option]) => [
      `--${name}${option.type === 'boolean' ? '' : ` ${typeof option.value === 'string' ? option.value : (option.value ?? ['VALUE']).join('|')}`}`,
      option.help,
    ]),
    ['--help', 'this page'],
  ]
  const width = Math.max(...rows.map(([left = '']) => left.length))
  const lines = [
    command.summary,
    '',
    `Usage: npm run ${command.verb} -- ${words === undefined ? '' : `${words} `}[OPTIONS]`,
    '',
    ...rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Examples:',
    ...command.examples.flatMap(([line, why]) => [`  ${line}`, `      ${why}`]),
  ]
  return asTyped(lines.join('\n'))
}

/** Splits off a verb's action, its first argument that is not an option; the rest is parsed as for any verb. */
export const splitAction = (argv: readonly string[]): { action: string | undefined; rest: string[] } => {
  const at = argv.findIndex((word) => !word.startsWith('-'))
  return { action: argv[at], rest: argv.filter((_, index) => index !== at) }
}

const usageError = (command: Command, message: string, found?: string): BoxhoundError =>
  new BoxhoundError('E_USAGE', message, {
    exitCode: 2,
    ...(found === undefined ? {} : { found }),
    next: `npm run ${command.verb} -- --help`,
  })

/**
 * Parses a verb's arguments.
 *
 * @param typed the words after the verb, where `argv` is only a part of them.
 * @returns undefined when `--help` was asked for and has been printed.
 * @throws BoxhoundError E_USAGE (exit code 2) on an unknown option, a value that is not allowed, a word too many, or options that npm
 *   took for itself.
 */
export const parseCommand = (
  argv: readonly string[],
  command: Command,
  typed: readonly string[] = argv,
): Parsed | undefined => {
  assertNotTaken(typed, command)
  const cut = command.passThrough ? argv.indexOf('--') : -1
  const [own, rest] = cut < 0 ? [argv, []] : [argv.slice(0, cut), argv.slice(cut + 1)]
  const options = { ...command.options, help: { type: 'boolean', help: '' } satisfies Option }
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({
      args: [...own],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, option]) => [
          name,
          { type: option.type, multiple: 'multiple' in option && option.multiple === true },
        ]),
      ),
    })
  } catch (error) {
    throw usageError(command, error instanceof Error ? (error.message.split('. To specify')[0] ?? '') : String(error))
  }
  if (parsed.values.help === true) {
    console.log(helpText(command))
    return undefined
  }
  const several = command.positional?.multiple === true ? Number.POSITIVE_INFINITY : 1
  const limit = command.most ?? (command.positional === undefined ? 0 : several)
  const extra = parsed.positionals[limit]
  if (extra !== undefined) throw usageError(command, 'too many arguments', extra)
  const [flags, values, lists]: [Record<string, boolean>, Record<string, string>, Record<string, string[]>] = [
    {},
    {},
    {},
  ]
  for (const [name, value] of Object.entries(parsed.values)) {
    const allowed = command.options[name]?.value
    for (const item of [value].flat()) {
      if (typeof item === 'string' && Array.isArray(allowed) && !allowed.includes(item))
        throw usageError(command, `--${name} must be one of ${allowed.join(', ')}`, item)
      if (item === '') throw usageError(command, `--${name} is empty`)
    }
    if (typeof value === 'boolean') flags[name] = value
    else if (typeof value === 'string') values[name] = value
    else if (Array.isArray(value)) lists[name] = value.filter((item) => typeof item === 'string')
  }
  return { positional: parsed.positionals[0], positionals: parsed.positionals, rest, flags, values, lists }
}
