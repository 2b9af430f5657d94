// Typed options of a check.

import type { CheckDefinition } from './definition.ts'
import type { OptionValue } from './option.ts'
import { secretProblems } from './option-secrets.ts'
import { schemaOf } from './option-value.ts'
import type { Problem } from './problems.ts'
import { foundAt, type Path, type Source, valueOffset } from './source.ts'
import { pathName, unknownKey, validate } from './validate.ts'

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
    // Any other problem of a secret could quote it.
    const secrets = Object.hasOwn(given, name) ? secretProblems(source, given[name] ?? '', name, path) : []
    problems.push(...secrets)
    if (secrets.length > 0) continue
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
