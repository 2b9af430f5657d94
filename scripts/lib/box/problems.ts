// Reports several errors in one file together.

import { BoxhoundError, formatError } from '../_helpers/errors.ts'
import { redactKeys } from './secrets.ts'

/** One thing wrong in a file; `offset` counts UTF-16 units from its start. */
export interface Problem {
  readonly offset: number
  readonly message: string
  readonly expected?: string
  readonly found?: string
  readonly next?: string
  /** The value can't be validated any further. */
  readonly fatal?: true
}

/** 1-based line and column of an offset. */
export const lineAndColumn = (source: string, offset: number): { line: number; column: number } => {
  const before = source.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/**
 * One error for everything that is wrong in one file, so that the user can fix it in one go.
 *
 * @param code of the error.
 * @returns the problem itself if there is only one; otherwise an error that lists them, ordered by position,
 *   with the individual errors in `cause` (an AggregateError). Exit code 2.
 */
export const problemsError = (
  file: string,
  source: string,
  problems: readonly Problem[],
  code = 'E_BOX_FILE',
): BoxhoundError => {
  const ordered = [...problems].sort((a, b) => a.offset - b.offset)
  const errors = ordered.map(({ offset, message, fatal: _, ...details }) => {
    const place = lineAndColumn(source, offset)
    // Anything that quotes the file could quote a key (fault 22).
    const safe = Object.fromEntries(Object.entries(details).map(([name, text]) => [name, redactKeys(text)]))
    return new BoxhoundError(code, redactKeys(message), { file, ...place, ...safe, exitCode: 2 })
  })
  const [first] = errors
  if (first === undefined) throw new Error('problemsError needs a problem')
  if (errors.length === 1) return first
  const { line = 1, column = 1 } = first.details
  const text = errors.map((error) => formatError(error).replaceAll(/^/gm, '  ')).join('\n')
  return new BoxhoundError(code, `${errors.length} problems\n${text}`, {
    file,
    line,
    column,
    exitCode: 2,
    cause: new AggregateError(errors),
  })
}
