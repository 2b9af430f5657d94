// Check.yaml of a check.

import type { Project } from '../_helpers/paths.ts'
import { contradictions } from './definition-rules.ts'
import { type CheckDefinition, checkDefinition } from './definition-schema.ts'
import { readSource } from './read.ts'
import type { Source } from './source.ts'
import { assertNone, validate } from './validate.ts'

export type { CheckDefinition, OptionDefinition } from './definition-schema.ts'

const refined = checkDefinition.superRefine((value, context) => {
  for (const { path, message, next } of contradictions(value))
    context.addIssue({ code: 'custom', path, message, ...(next === undefined ? {} : { params: { next } }) })
})

/**
 * Reads a check's definition.
 *
 * @throws BoxhoundError E_BOX_FILE with positions inside check.yaml.
 */
export const readDefinition = (file: string, project: Project): { definition: CheckDefinition; source: Source } => {
  const source = readSource(file, project)
  const { data, problems } = validate(source, refined)
  assertNone(source, problems)
  if (data === undefined) throw new Error('a definition without problems has data')
  return { definition: data, source }
}
