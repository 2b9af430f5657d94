// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import fc from 'fast-check'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Language } from '../../scripts/lib/render/rendered-box.ts'
import { type Context, renderTemplate } from '../../scripts/lib/render/template.ts'

export const render = (template: string, context: Context, language: Language = 'text'): string =>
  renderTemplate(template, context, { file: 'some.hbs', language })

/** The error of a template that must be refused: it names the template and its line. */
export const refused = (
  t: ExecutionContext,
  template: string,
  context: Context,
  language: Language = 'text',
): BoxhoundError => {
  const error = t.throws(() => render(template, context, language), { instanceOf: BoxhoundError }, template)
  t.is(error.details.file, 'some.hbs')
  t.is(typeof error.details.line, 'number')
  for (const field of ['expected', 'found', 'next'] as const) t.truthy(error.details[field], field)
  return error
}

/** Pieces that mean something in one language or another. */
const dangerous = [
  "'",
  '"',
  '`',
  '\\',
  '$(id)',
  '`id`',
  '${x}',
  '$x',
  '%{if}',
  '%h',
  '%',
  '#{x}',
  '#',
  '#$0',
  '--',
  '; rm -rf /',
  '*/',
  '<<EOF',
  '\n',
  '\r\n',
  '\r',
  '\t',
  ' ',
  '\\n',
  '\\',
  "''",
  '""',
  '{{x}}',
  '- ',
  ': ',
  '!a',
  '&a',
  '*a',
  '|',
  '>',
  '%%',
  '$$',
  '@',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u007f',
  '\u001b',
  'no',
  '012',
  '~',
  'ü',
  '😀',
  '-',
  '=',
  '[',
  ']',
  '{',
  '}',
  ',',
  '?',
]

/** Text made of such pieces and of any characters but NUL. */
export const nasty: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...dangerous), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''))

/** 25 values at a time, so that a round trip through another program costs one start for all of them. */
export const values: fc.Arbitrary<string[]> = fc.array(nasty, { minLength: 25, maxLength: 25 })

/** 8 × 25 values; the seed of a failure is printed by fast-check. */
export const runs = { numRuns: 8 }

/** Runs a program on a script given on stdin; its stdout as bytes. Throws with stderr when it fails. */
export const output = (program: string, args: readonly string[], input: string): Buffer => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { input, maxBuffer: 64 * 1024 * 1024 })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return stdout
}

export const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

export const temporaryFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
