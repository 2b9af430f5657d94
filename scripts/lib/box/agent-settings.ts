// Names of datadog.yaml's settings, and what each one holds.

import { distance } from 'fastest-levenshtein'
import document from './agent-settings.json' with { type: 'json' }

const { about: _, ...names } = document

/** What a setting of datadog.yaml holds. */
export type SettingKind = keyof typeof names

const kinds: ReadonlyMap<string, SettingKind> = new Map(
  (Object.keys(names) as SettingKind[]).flatMap((kind) => names[kind].map((name) => [name, kind] as const)),
)

/** What a top-level setting holds; undefined for one that isn't known here. */
export const settingKind = (name: string): SettingKind | undefined => kinds.get(name)

const withoutDigits = (name: string): string => name.replaceAll(/\d+/g, '0')

/** Lower case, and `_` between words: `logLevel`, `LOG-LEVEL` and `Log_Level` are all `log_level`. */
const plain = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()

/**
 * The setting that a name was probably meant to be: one that differs in case or in at most two letters. Narrower than elsewhere, because a
 * newer Agent knows settings that nobody has listed here: `use_v4_api` is no slip of `use_v3_api`.
 */
export const settingMeant = (name: string): string | undefined => {
  const wanted = plain(name)
  const limit = wanted.length < 6 ? 1 : 2
  return [...kinds.keys()]
    .map((known) => ({ known, edits: distance(wanted, known.toLowerCase()) }))
    .filter(({ known, edits }) => edits === 0 || (edits <= limit && withoutDigits(known) !== withoutDigits(wanted)))
    .sort((a, b) => a.edits - b.edits)[0]?.known
}

/**
 * The place of an environment variable's setting in the file: `DD_APM_CONFIG_ENABLED` is `apm_config: { enabled: … }`, `DD_LOG_LEVEL` is
 * `log_level: …`. Undefined for a name of another shape.
 */
export const settingOfVariable = (variable: string): string | undefined => {
  const name = /^dd_(\w+)$/i.exec(variable)?.[1]?.toLowerCase()
  if (name === undefined) return undefined
  const known = [...kinds.keys()].find((one) => one.toLowerCase() === name)
  if (known !== undefined) return `${known}: …`
  const section = names.map.filter((one) => name.startsWith(`${one}_`)).sort((a, b) => b.length - a.length)[0]
  return section === undefined ? undefined : `${section}: { ${name.slice(section.length + 1)}: … }`
}
