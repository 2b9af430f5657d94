// Fields that an update sends back unchanged.

import { isObject, listOf, textOf } from '../_helpers/json.ts'
import { countsBy, isUsual, type Rules } from './canonical.ts'
import type { Json, JsonObject } from './json-object.ts'

/** A field that the account has and the files don't mention. */
export interface Kept {
  /** `restricted_roles` or `options.silenced`. */
  readonly path: string
  readonly value: Json
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** Fields directly below `path` that only the account has and that are no mistake. */
const alone = (
  path: string,
  live: Json | undefined,
  wanted: Json | undefined,
  isOwn: (path: string) => boolean,
): Kept[] =>
  Object.entries(isObject(live) ? live : {})
    .filter(([name]) => !(isObject(wanted) && wanted[name] !== undefined))
    .map(([name, value]) => ({ path: below(path, name), value }))
    .filter((one) => isOwn(one.path))

/** Saved views refer to variables; one that refers to a variable that the board no longer has is dropped. */
const withKnownVariables = (presets: Json, wanted: JsonObject): Json => {
  if (wanted.template_variables === undefined) return presets
  const names = listOf(wanted.template_variables).map((one) => (isObject(one) ? textOf(one.name) : ''))
  return listOf(presets).filter(
    (preset) =>
      isObject(preset) &&
      listOf(preset.template_variables).every((one) => isObject(one) && names.includes(textOf(one.name))),
  )
}

/** Missing data is configured in one of two ways, and only one of them may be sent. */
const isExcluded = (path: string, wanted: JsonObject): boolean =>
  path === 'options.no_data_timeframe' && isObject(wanted.options) && wanted.options.on_missing_data !== undefined

/**
 * Fields that an update would remove although no file mentions them: who may edit, who is notified, mutes, saved views,
 * unknown options. They are sent back as the account has them.
 */
export const keptOf = (live: JsonObject, wanted: JsonObject, rules: Rules): Kept[] => {
  const counts = countsBy(rules, wanted)
  const isOwn = (path: string): boolean => !rules.readOnly.includes(path) && !counts(path) && !isExcluded(path, wanted)
  const found = rules.strict
    ? alone('', live, wanted, isOwn)
    : rules.replaced.flatMap((place) =>
        isObject(live[place])
          ? alone(place, live[place], wanted[place], isOwn)
          : alone('', { [place]: live[place] ?? null }, wanted, isOwn),
      )
  return found
    .map(({ path, value }) => ({
      path,
      value: path === 'template_variable_presets' ? withKnownVariables(value, wanted) : value,
    }))
    .filter(({ path, value }) => !isUsual(value, path, rules))
}
