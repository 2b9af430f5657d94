// BoxhoundError and how it is printed.

import { foreignText } from './terminal.ts'
import { asTyped } from './typed.ts'

/** Exit codes that scripts rely on: 1 the work failed, 2 wrong usage or box file, 3 the machine lacks something. */
export type ExitCode = 1 | 2 | 3

/** Details of an error below its first line; every field is optional and printed on its own line. */
export interface ErrorDetails {
  /** Path of the file that is wrong, as the user would type it. */
  readonly file?: string
  /** 1-based line and column inside `file`. */
  readonly line?: number
  readonly column?: number
  readonly expected?: string
  readonly found?: string
  /** What to do next. */
  readonly next?: string
  /** Default 1. */
  readonly exitCode?: ExitCode
  readonly cause?: unknown
}

/** The one error that boxhound throws on purpose. `code` is stable and starts with `E_`. */
export class BoxhoundError extends Error {
  override readonly name = 'BoxhoundError'
  readonly code: string
  readonly details: ErrorDetails

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.details = details
  }

  get exitCode(): ExitCode {
    return this.details.exitCode ?? 1
  }
}

/** Whether the operating system refused something for one of these reasons, such as `ENOENT`. */
export const isErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)

/** `file:line:column`, as far as they are known; undefined without a file. */
export const position = ({ file, line, column }: ErrorDetails): string | undefined =>
  file === undefined
    ? undefined
    : [file, line, line === undefined ? undefined : column].filter((x) => x !== undefined).join(':')

/** Maximum characters in one part of an error, which may quote a layer's log or a guest. */
const longest = 8000

/** What was found is quoted; in the rest, commands are named as the user types them. */
const inOurWords = (name: string, value: string): string => (name === 'found' ? value : asTyped(value))

/** The error as plain text in several lines: position and message, expected, found, next step. Free of terminal controls. */
export const formatError = (error: unknown): string => {
  if (!(error instanceof BoxhoundError))
    return foreignText(error instanceof Error ? (error.stack ?? error.message) : String(error), longest)
  const details: ErrorDetails = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === 'string' ? foreignText(inOurWords(name, value), longest) : value,
    ]),
  )
  const where = position(details)
  const message = foreignText(asTyped(error.message), longest)
  return [
    where === undefined ? message : `${where}: ${message}`,
    details.expected === undefined ? undefined : `  expected: ${details.expected}`,
    details.found === undefined ? undefined : `  found:    ${details.found}`,
    details.next === undefined ? undefined : `  next:     ${details.next}`,
  ]
    .filter((line) => line !== undefined)
    .join('\n')
}

/** The error as `--json` prints it. */
export const errorDocument = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof BoxhoundError)) return { message: error instanceof Error ? error.message : String(error) }
  const { cause: _, ...details } = error.details
  const ours = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'string' ? inOurWords(name, value) : value,
  ])
  return { code: error.code, message: asTyped(error.message), ...Object.fromEntries(ours) }
}
