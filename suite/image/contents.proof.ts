import test from 'ava'
import { userRules } from '../../scripts/lib/proof/user-rules.ts'
import { evidence } from './_evidence.ts'
import { databaseRules, identityRules } from './_identity.ts'
import { publisherRules, traceRules } from './_traces.ts'

for (const { fault, title, problems } of [
  ...identityRules,
  ...databaseRules(evidence.database),
  ...traceRules,
  ...publisherRules(evidence.database),
  ...userRules,
]) {
  test(`fault ${fault}: ${title}`, (t) => t.deepEqual(problems(evidence.published.survey, evidence), []))
  test(`control of fault ${fault}: fails on the planted copy: ${title}`, (t) =>
    t.true(problems(evidence.planted.survey, evidence).length > 0))
}
