// Schema of check.yaml.

import type { Project } from '../_helpers/paths.ts'
import { type CheckDefinition, checkDefinition } from './check-schema.ts'
import { issueOf } from './contradiction.ts'
import { contradictions } from './definition-rules.ts'
import { readSource } from './read.ts'
import type { Source } from './source.ts'
import { assertNone, validate } from './validate.ts'

export type { CheckDefinition, OptionDefinition } from './check-schema.ts'

const refined = checkDefinition.superRefine((value, context) => {
  for (const contradiction of contradictions(value)) context.addIssue(issueOf(contradiction))
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
