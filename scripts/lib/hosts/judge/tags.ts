// Judges host tags: what is configured must be what the running Agent sends.

import { parse } from 'yaml'
import { objectAt, objectOf, parsedJson, textOf, textsOf } from '../../_helpers/json.ts'
import type { Facts } from '../facts.ts'
import { type Finding, judged, list, type Subject } from '../finding.ts'

const id = 'agent.tags'
const title = 'The running Agent sends the host tags that are configured'

/** Tags that the running Agent sends. */
export const sentTags = ({ status }: Facts): string[] => {
  const system = textsOf(objectAt(objectAt(status, 'metadata'), 'host-tags').system)
  return [...new Set([...system, ...textsOf(status?.hostTags)])]
}

const setting = ({ settings }: Facts, name: string): unknown => {
  try {
    return objectOf(parse(textOf(settings?.[name]), { maxAliasCount: 0, logLevel: 'silent', uniqueKeys: false }))[name]
  } catch {
    return undefined // the Agent reads it or not; what it sends is what counts
  }
}

/** What the Agent replaces itself: secrets and variables of autodiscovery. */
const isReplaced = (tag: string): boolean => /^ENC\[|%%/.test(tag)

/** A list in YAML, JSON in a variable, or a text separated by spaces or commas, as in DD_TAGS. */
const words = (value: unknown): string[] => {
  const read = typeof value === 'string' && value.trim().startsWith('[') ? parsedJson(value) : value
  const all = typeof read === 'string' ? read.split(/[\s,]+/).filter((word) => word !== '') : textsOf(read)
  return all.filter((tag) => !isReplaced(tag))
}

/** Variables win over datadog.yaml. */
const either = (facts: Facts, variable: string, name: string): string[] => {
  const given = textOf(facts.environment[variable])
  return given === '' ? words(setting(facts, name)) : words(given)
}

/** Tags that the host's configuration declares. */
export const configuredTags = (facts: Facts): string[] => {
  const env = textOf(facts.environment.DD_ENV) || textOf(setting(facts, 'env'))
  return [
    ...new Set([
      ...either(facts, 'DD_TAGS', 'tags'),
      ...either(facts, 'DD_EXTRA_TAGS', 'extra_tags'),
      ...(env === '' ? [] : [`env:${env}`]),
    ]),
  ]
}

/**
 * `agent.tags`.
 *
 * @param wanted further tags that the inventory expects.
 */
export const judgeTags = (facts: Facts, wanted: readonly string[]): Finding => {
  const [declared, sent] = [configuredTags(facts), sentTags(facts)]
  const all = [...new Set([...wanted, ...declared])]
  const subject: Subject = {
    id,
    title,
    expected: all.length === 0 ? 'the configured host tags' : `host tags ${list(all)}`,
  }
  // An `env` tag from `tags` wins over the setting `env`.
  const present = (tag: string): boolean =>
    sent.includes(tag) ||
    (!wanted.includes(tag) && tag.startsWith('env:') && sent.some((one) => one.startsWith('env:')))
  const absent = all.filter((tag) => !present(tag))
  const reason = (tag: string): string => (wanted.includes(tag) ? `${tag} is in the inventory` : `${tag} is configured`)
  return judged(
    subject,
    `sent: ${list(sent)}`,
    absent.length === 0
      ? []
      : [
          ...absent.map((tag) => `${reason(tag)}, but not sent`),
          `the Agent sends ${list(sent)}; after an edit it needs a restart`,
        ],
  )
}
