// Reads a template, rendered and validated, with errors at its own lines.

import type * as z from 'zod'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import { type Problem, problemsError } from '../box/problems.ts'
import { displayPath, parseSource } from '../box/read.ts'
import { assertNone, validate } from '../box/validate.ts'
import { MissingName } from '../render/guard.ts'
import { type Context, renderTemplate, templateLines } from '../render/template.ts'

/** A rendered and validated file of the account side. */
export interface Read<T> {
  /** Relative to the project. */
  readonly source: string
  readonly data: T
}

/** The `{{…}}` at a position in a template. */
const expressionAt = (template: string, { line = 1, column = 1 }: BoxhoundError['details']): string | undefined =>
  [...(template.split('\n')[line - 1] ?? '').matchAll(/\{\{[^}]*\}\}/g)].find(
    ({ 0: text, index }) => index < column && column <= index + text.length,
  )?.[0]

/** A template of the account side is written by users, and names that boxhound does not know may be Datadog's. */
const templateError = (error: BoxhoundError, template: string): BoxhoundError => {
  const { details } = error
  const expression = expressionAt(template, details)
  const isBlock = expression !== undefined && /^\{\{[#^]/.test(expression)
  const isOwn = expression === undefined || /^\{\{[#^]?(?:if|unless|each|with|eq|join|concat)\b/.test(expression)
  const next =
    isOwn || !(isBlock || details.cause instanceof MissingName)
      ? {}
      : { next: `a variable of Datadog? write \\${expression}; else: ${details.next}` }
  return new BoxhoundError(error.code, error.message, { ...details, ...next, exitCode: 2 })
}

const renderYaml = (template: string, context: Context, file: string): string => {
  try {
    return renderTemplate(template, context, { file, language: 'yaml' })
  } catch (error) {
    throw error instanceof BoxhoundError ? templateError(error, template) : error
  }
}

const singles = (error: BoxhoundError): BoxhoundError[] =>
  error.details.cause instanceof AggregateError
    ? error.details.cause.errors.filter((one) => one instanceof BoxhoundError)
    : [error]

/**
 * Converts errors in the rendered text, which the user never sees, to errors in the template: at the same column, or
 * only at the line if a value shifts it.
 */
const inTemplate = (error: BoxhoundError, text: string, template: string, context: Context, file: string) => {
  const lines = templateLines(template, context, { file, language: 'yaml' })
  const written = template.split('\n')
  const shown = text.split('\n')
  const problems = singles(error).map(({ message, details }): Problem => {
    const { file: _file, line = 1, column = 1, exitCode: _exitCode, cause: _cause, ...words } = details
    const own = lines[line - 1] ?? 1
    const before = (all: readonly string[], at: number): string => (all[at - 1] ?? '').slice(0, column - 1)
    const isSame = before(shown, line) === before(written, own)
    const start = written.slice(0, own - 1).reduce((sum, one) => sum + one.length + 1, 0)
    const indent = (written[own - 1] ?? '').search(/\S|$/)
    return { message, ...words, offset: start + (isSame ? column - 1 : indent) }
  })
  return problemsError(file, template, problems)
}

/**
 * Reads, renders and validates a YAML template.
 *
 * @throws BoxhoundError E_TEMPLATE or E_BOX_FILE (exit code 2), naming file and line of the template.
 */
export const readTemplate = <T>(path: string, context: Context, schema: z.ZodType<T>, project: Project): Read<T> => {
  const source = displayPath(path, project)
  const template = decodeUtf8(readPlain(path, { source, maximum: 1 << 20, follow: true }).content, source)
  const text = renderYaml(template, context, source)
  try {
    const parsed = parseSource(text, source)
    const { data, problems } = validate(parsed, schema)
    assertNone(parsed, problems)
    if (data === undefined) throw new Error('a file without problems has data')
    return { source, data }
  } catch (error) {
    throw error instanceof BoxhoundError ? inTemplate(error, text, template, context, source) : error
  }
}
