// Judges the API key by what the running Agent says about it.

import { objectAt, objectOf, textOf, textsOf } from '../../_helpers/json.ts'
import { hasKey } from '../../verify/keyed.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, list, type Subject, unjudged } from '../finding.ts'

const subject: Subject = {
  id: 'agent.key',
  title: 'The Agent has an API key, and Datadog accepts it',
  expected: 'an API key that Datadog accepts',
}

/** The last four characters of each key, which the Agent itself shows; never more, whatever the host says. */
export const keyEndings = ({ status }: Facts): string[] => {
  const ends = Object.values(objectAt(status, 'endpointsInfos')).flatMap((ending) => [...textsOf(ending)])
  return [...new Set(ends.map((text) => text.slice(-4)).filter((text) => /^[\w-]{4}$/.test(text)))].toSorted()
}

/** `…cdef: API Key invalid`. */
const entries = (part: unknown): [key: string, text: string][] =>
  Object.entries(objectOf(part)).map(([name, text]) => [`…${name.slice(-4)}`, textOf(text)])

/** `agent.key`. */
export const judgeKey = (facts: Facts): Finding => {
  const { status } = facts
  if (status === undefined || !hasKey(status)) return judged(subject, '', ['no API key: this Agent sends nothing'])
  const forwarder = objectAt(status, 'forwarderStats')
  const [known, failures] = [entries(forwarder.APIKeyStatus), entries(forwarder.APIKeyFailure)]
  if (failures.length > 0)
    return judged(
      subject,
      '',
      failures.map(([key, text]) => `key ${key} is refused: ${text || 'no reason given'}`),
    )
  const valid = known.filter(([, text]) => /\bvalid\b/i.test(text) && !/unable|invalid/i.test(text))
  if (known.length > 0 && valid.length === known.length)
    return judged(subject, `accepted: key ${list(valid.map(([key]) => key))}`, [])
  const open = known.filter((one) => !valid.includes(one)).map(([key, text]) => `key ${key}: ${text || 'no state'}`)
  const ends = keyEndings(facts).map((end) => `…${end}`)
  return unjudged(
    subject,
    `neither accepted nor refused: ${open.join('; ') || `the Agent has not validated key ${list(ends)} yet`}`,
  )
}
