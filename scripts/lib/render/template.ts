// Renders one template.

import Handlebars from 'handlebars'
import { BoxhoundError } from '../_helpers/errors.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import { hcl, json, python, ruby, shell, sql, yaml } from './escapers/literal.ts'
import { unit, unitPlace } from './escapers/unit.ts'
import { apt, aptConf, ini, pem, text, xml } from './escapers/unquoted.ts'
import type { Escaper, Value } from './escapers/value.ts'
import { guard, MissingName } from './guard.ts'
import { insertionAt, insertionProblem } from './insertion.ts'
import { commentOf, languageOf, withBanner } from './language.ts'
import { markedLines, markLines } from './lines.ts'
import { openedProblem } from './opened.ts'
import type { Language } from './rendered-box.ts'
import { isStructure, printStructure, type Structure } from './structure.ts'
import { helperNames, type Printed, type Program, parseTemplate, printHelper } from './syntax.ts'

const escapers: Readonly<Record<Exclude<Language, 'unit'>, Escaper>> = {
  shell,
  yaml,
  json,
  hcl,
  python,
  sql,
  ruby,
  apt,
  'apt-conf': aptConf,
  ini,
  pem,
  xml,
  text,
}

/** In bytes; larger than anything written by hand. */
const largestTemplate = 1 << 20

/** Plain data for a template. */
export type Context = Readonly<Record<string, unknown>>

const isValue = (value: unknown): value is Value =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}

const escapeAt = (value: Value | Structure, language: Language, template: string, { start, end }: Printed): string => {
  const insertion = insertionAt(template, start, end)
  const problem = openedProblem(language, template.slice(0, start)) ?? insertionProblem(language, insertion)
  if (problem !== undefined) throw new RangeError(problem)
  if (isStructure(value))
    return printStructure(value, language, insertion.after, language === 'unit' ? String : escapers[language])
  return language === 'unit' ? unit(value, unitPlace(insertion.before, insertion.after)) : escapers[language](value)
}

/** An isolated Handlebars instance with our helpers, for one template. */
const environmentFor = (template: string, file: string, language: Language, printed: readonly Printed[]) => {
  const handlebars = Handlebars.create()
  for (const name of ['lookup', 'log']) handlebars.unregisterHelper(name)
  handlebars.registerHelper('eq', (a: unknown, b: unknown) => a === b)
  handlebars.registerHelper('join', (list: unknown, separator: unknown) => {
    if (!Array.isArray(list) || typeof separator !== 'string' || !list.every(isValue))
      throw new RangeError('join takes a list of values and a separator')
    return list.map(String).join(separator)
  })
  // Text around a value becomes part of the one literal: {{concat "datadog-agent=" agent.package}}.
  handlebars.registerHelper('concat', (...all: unknown[]) => {
    const values = all.slice(0, -1)
    if (!values.every(isValue)) throw new RangeError('concat takes values')
    return values.map(String).join('')
  })
  handlebars.registerHelper(printHelper, (value: unknown, index: number) => {
    const spot = printed[index]
    if (spot === undefined) throw new Error(`no value number ${index}`)
    const fail = (message: string, found: string, next: string, cause?: unknown) =>
      new BoxhoundError('E_TEMPLATE', message, {
        file,
        line: spot.line,
        column: spot.column,
        expected: `a value that ${language} can hold here`,
        found,
        next,
        exitCode: 2,
        ...(cause === undefined ? {} : { cause }),
      })
    if (!isValue(value) && !isStructure(value))
      throw fail(
        `{{${spot.name}}} has nothing to print`,
        describe(value),
        'guard it with {{#if}}, or print one of its fields',
      )
    try {
      return escapeAt(value, language, template, spot)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw fail(`{{${spot.name}}} cannot be written here`, error.message, 'change the template or the value', error)
    }
  })
  return handlebars
}

interface Options {
  /** How errors name the template, relative to the project. */
  readonly file: string
  readonly language: Language
}

const renderProgram = (
  { ast, printed, names }: Program,
  template: string,
  context: Context,
  { file, language }: Options,
): string => {
  const handlebars = environmentFor(template, file, language, printed)
  const knownHelpers = Object.fromEntries([...helperNames, printHelper].map((name) => [name, true]))
  const render = handlebars.compile(ast, { noEscape: true, strict: true, knownHelpers, knownHelpersOnly: true })
  try {
    return render(guard(context), { allowProtoPropertiesByDefault: false })
  } catch (error) {
    if (error instanceof BoxhoundError) throw error
    const missing = error instanceof MissingName ? error : undefined
    const last = missing?.path.split('.').at(-1) ?? ''
    const spot =
      names.find(({ name }) => name === missing?.path) ?? names.find(({ name }) => name.split(/[./]/).includes(last))
    throw new BoxhoundError(
      'E_TEMPLATE',
      missing === undefined ? 'the template failed' : `unknown name "${missing.path}"`,
      {
        exitCode: 2,
        file,
        line: spot?.line ?? 1,
        column: spot?.column ?? 1,
        expected: 'a name in the context',
        found: missing?.path ?? String(error),
        next: missing?.message ?? 'fix the template',
        cause: error,
      },
    )
  }
}

/**
 * Renders a template's text. Each value is escaped into one literal of the language. Throws on names that the context lacks, wherever they
 * occur (fault 13), and on null, lists and maps in place of a printed value (fault 14), unless they are
 * an option's value and the language has a literal for them.
 *
 * @throws BoxhoundError E_TEMPLATE with the template's line and column.
 */
export const renderTemplate = (template: string, context: Context, options: Options): string =>
  renderProgram(parseTemplate(template, options.file), template, context, options)

/**
 * For each rendered line, the line of the template that it comes from: lines of standalone blocks don't appear, lines in a loop appear several
 * times.
 */
export const templateLines = (template: string, context: Context, options: Options): number[] => {
  const program = parseTemplate(template, options.file)
  markLines(program.ast)
  return markedLines(renderProgram(program, template, context, options))
}

interface TemplateOptions {
  readonly source: string
  readonly banner?: string | undefined
  readonly language?: Language | undefined
  readonly target?: string | undefined
}

/**
 * Renders a template file, with a banner that names its source.
 *
 * @param path absolute path of the template, which ends in `.hbs`.
 * @param source how errors name it, and the banner unless `banner` does.
 * @param language of the result; default: by its name.
 */
export const renderTemplateFile = (
  path: string,
  context: Context,
  { source, banner = source, language, target }: TemplateOptions,
): { content: string; mode: number; language: Language } => {
  const { content, executable } = readPlain(path, { source, maximum: largestTemplate })
  const template = decodeUtf8(content, source)
  const name = target ?? source.replace(/\.hbs$/, '')
  const kind = language ?? languageOf(name, template.split('\n', 1)[0])
  const rendered = renderTemplate(template, context, { file: source, language: kind })
  const mode = executable ? 0o755 : 0o644
  return {
    content: commentOf(name, kind) === undefined ? rendered : withBanner(rendered, name, kind, banner),
    mode,
    language: kind,
  }
}
