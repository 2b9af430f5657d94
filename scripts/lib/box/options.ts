// Typed options of a check.

import * as z from 'zod'
import type { CheckDefinition, OptionDefinition } from './definition.ts'
import { matches, patternDeadline, slowPattern } from './pattern.ts'
import type { Problem } from './problems.ts'
import { foundAt, type Path, type Source, valueOffset } from './source.ts'
import { pathName, unknownKey, validate } from './validate.ts'

export type OptionValue = string | number | boolean

const numberSchema = (kind: 'number' | 'integer', minimum?: number, maximum?: number): z.ZodType<OptionValue> => {
  const range = [
    minimum === undefined ? '' : ` from ${minimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ].join('')
  const expected = `a ${kind === 'integer' ? 'whole ' : ''}number${range}`
  return (kind === 'integer' ? z.int(expected) : z.number(expected))
    .min(minimum ?? Number.NEGATIVE_INFINITY, expected)
    .max(maximum ?? Number.POSITIVE_INFINITY, expected)
}

const stringSchema = ({
  pattern,
  values,
}: {
  pattern?: string | undefined
  values?: string[] | undefined
}): z.ZodType<OptionValue> => {
  const expected =
    values === undefined
      ? `text${pattern === undefined ? '' : ` that matches ${pattern}`}`
      : `one of ${values.join(', ')}`
  return z
    .string(expected)
    .refine((value) => values === undefined || values.includes(value), expected)
    .superRefine((value, context) => {
      const found = pattern === undefined || matches(pattern, value)
      if (found === true) return
      const slow = found === 'slow' ? { params: { next: slowPattern } } : {}
      const message = found === 'slow' ? `${expected} within ${patternDeadline} ms` : expected
      context.addIssue({ code: 'custom', message, ...slow })
    })
}

const schemaOf = (option: OptionDefinition): z.ZodType<OptionValue> => {
  if (option.type === 'boolean') return z.boolean('true or false')
  if (option.type === 'string') return stringSchema(option)
  return numberSchema(option.type, option.minimum, option.maximum)
}

/**
 * Validates the options of one check against the types in its check.yaml and fills in defaults. Problems point into the box file.
 *
 * @param base path of the check's entry in the box file.
 */
export const resolveOptions = (
  definition: Pick<CheckDefinition, 'options' | 'rules'>,
  given: Readonly<Record<string, OptionValue>>,
  source: Source,
  base: Path,
): { options: Record<string, OptionValue>; problems: Problem[] } => {
  const known = Object.keys(definition.options)
  const unknown = Object.keys(given).filter((name) => !known.includes(name))
  const problems: Problem[] = unknown.map((name) => unknownKey([...base, 'options', name], known, source))
  const options: Record<string, OptionValue> = {}
  for (const [name, option] of Object.entries(definition.options)) {
    const path = [...base, 'options', name]
    const value = Object.hasOwn(given, name) ? given[name] : option.default
    const checked = validate(source, schemaOf(option), value, path)
    problems.push(...checked.problems)
    if (checked.data !== undefined) options[name] = checked.data
  }
  return { options, problems: [...problems, ...brokenRules(definition.rules, options, source, base)] }
}

const brokenRules = (
  rules: CheckDefinition['rules'],
  options: Record<string, OptionValue>,
  source: Source,
  base: Path,
): Problem[] =>
  rules.flatMap(({ less: [low, high], message }) => {
    const [a, b] = [options[low], options[high]]
    if (typeof a !== 'number' || typeof b !== 'number' || a < b) return []
    const written = [low, high].filter((name) => foundAt(source, [...base, 'options', name]) !== 'nothing')
    return [
      {
        offset: valueOffset(source, [...base, 'options', written[0] ?? low]),
        message: `${pathName(base)}: ${message}`,
        expected: `${low} < ${high}`,
        found: `${low}: ${a}, ${high}: ${b}`,
        next: a > b ? `swap them: ${low}: ${b}, ${high}: ${a}` : `make ${high} larger than ${low}`,
      },
    ]
  })
