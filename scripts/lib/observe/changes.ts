// Compares wanted and found resources: add, change, remove.

import type { Bridge } from './calendar/bridge.ts'
import { canonical, counted, countsBy, equal, fingerprint, fingerprintOf, type Rules, rulesOf } from './canonical.ts'
import { difference, type Field } from './difference.ts'
import { type Kept, keptOf } from './kept.ts'
import { type Kind, kinds, type Live, type Resource } from './resource-kinds.ts'
import type { ServerFile } from './schema.ts'

/** `replace` creates a new resource and then removes the old one, if the account does not accept the change. */
export type Action = 'add' | 'change' | 'replace' | 'remove' | 'keep' | 'leave'

/** What to do about one resource, and why. */
export interface Change {
  readonly action: Action
  readonly kind: Kind
  readonly name: string
  /** The account's id; null for a resource to be added. */
  readonly id: string | null
  readonly reason: string
  /** True if somebody changed it by hand: the files are the same as when it was applied. */
  readonly drift: boolean
  readonly fields: readonly Field[]
  /** Fields that the files don't mention, which an update sends back unchanged. */
  readonly kept: readonly Kept[]
  /** Hours of a downtime that are silent at once. */
  readonly bridge: Bridge | null
  readonly wanted: Resource | null
  readonly live: Live | null
}

/** What an update would change. */
const fieldsOf = ({ kind, wire }: Live, wanted: Resource, rules: Rules): Field[] =>
  difference(canonical(kind, wire, rules), canonical(kind, wanted.wire, rules), {
    counts: countsBy(rules, wanted.wire),
  })

/** Whether it is unchanged since it was applied, as far as this can be told without the files of that time. */
const isAsApplied = ({ kind, wire, marker }: Live, wanted: Resource, rules: Rules): boolean =>
  marker.applied ===
  fingerprintOf(
    counted(canonical(kind, wire, rules), canonical(kind, wanted.wire, rules), countsBy(rules, wanted.wire)),
  )

/** All fields of a new resource. */
const newFields = ({ kind, wire }: Resource, rules: Rules): Field[] =>
  difference({}, canonical(kind, wire, rules), { counts: () => true })

const oldestFirst = (a: Live, b: Live): number =>
  a.created.localeCompare(b.created) || a.id.localeCompare(b.id, 'en', { numeric: true })

const base = { id: null, drift: false, fields: [], kept: [], bridge: null, wanted: null, live: null }

const of = (live: Live) => ({ ...base, kind: live.kind, name: live.marker.name, id: live.id, live })

/**
 * Whether two resources differ in something that the account can never change, such as a monitor's type. A copy made by
 * hand never does.
 */
const isOtherKind = ({ kind, wire }: Live, other: Resource['wire'], rules: Rules): boolean => {
  const [a, b] = [canonical(kind, wire, rules), canonical(kind, other, rules)]
  return rules.fixed.some((name) => !equal(a[name] ?? null, b[name] ?? null))
}

/**
 * What to do about further copies. An identical one is the leftover of a lost response. Any other was made by hand and
 * must not be removed, even if it only differs in fields that the files don't mention.
 */
const copyChange = (copy: Live, first: Live, rules: Rules): Change =>
  isOtherKind(copy, first.wire, rules)
    ? { ...of(copy), action: 'remove', reason: `of another ${rules.fixed.join(', ')}, and made anew since` }
    : equal(canonical(copy.kind, copy.wire, rules), canonical(first.kind, first.wire, rules))
      ? { ...of(copy), action: 'remove', reason: 'stands there twice, this one is the younger' }
      : {
          ...of(copy),
          action: 'leave',
          reason: 'a copy made by hand that still carries our mark: remove the mark, or the copy',
        }

/** Selects one of several resources with the same marker: one that is as applied, or else the oldest. */
const choose = (candidates: readonly Live[], wanted: Resource | undefined, rules: Rules): Live | undefined => {
  const sorted = [...candidates].sort(oldestFirst)
  return sorted.find((one) => wanted !== undefined && fieldsOf(one, wanted, rules).length === 0) ?? sorted[0]
}

const changeOf = (live: Live, wanted: Resource, rules: Rules): Change => {
  const fields = fieldsOf(live, wanted, rules)
  const isApplied = live.marker.applied === fingerprint(wanted.kind, wanted.wire, rules)
  const common = { ...of(live), wanted, fields, kept: keptOf(live.wire, wanted.wire, rules) }
  if (fields.length === 0 && isApplied) return { ...common, action: 'keep', reason: 'as in the files' }
  if (fields.length === 0) return { ...common, action: 'change', reason: 'as in the files; its mark is renewed' }
  if (isOtherKind(live, wanted.wire, rules))
    return {
      ...common,
      action: 'replace',
      reason: `its ${rules.fixed.join(', ')} cannot be changed: made anew, then this one is removed`,
    }
  if (isApplied) return { ...common, action: 'change', drift: true, reason: 'edited by hand' }
  return isAsApplied(live, wanted, rules)
    ? { ...common, action: 'change', reason: 'changed in the files' }
    : { ...common, action: 'change', drift: true, reason: 'changed in the files, and edited by hand' }
}

const changesOf = (
  kind: Kind,
  name: string,
  resources: readonly Resource[],
  all: readonly Live[],
  { rules, removed }: { readonly rules: Rules; readonly removed: string },
): Change[] => {
  const wanted = resources.find((one) => one.kind === kind && one.name === name)
  const candidates = all.filter((one) => one.kind === kind && one.marker.name === name)
  const first = choose(candidates, wanted, rules)
  const copies = first === undefined ? [] : candidates.filter(({ id }) => id !== first.id)
  const own: Change[] =
    first === undefined
      ? wanted === undefined
        ? []
        : [
            {
              ...base,
              action: 'add',
              kind,
              name,
              wanted,
              reason: 'not in the account',
              fields: newFields(wanted, rules),
            },
          ]
      : wanted === undefined
        ? [{ ...of(first), action: 'remove', reason: removed }]
        : [changeOf(first, wanted, rules)]
  return [...own, ...(first === undefined ? [] : copies.map((copy) => copyChange(copy, first, rules)))]
}

/**
 * The changes that make an account match what is wanted, in display order: monitors, dashboards, downtimes.
 *
 * @param live all resources with the box's marker; an empty `resources` removes them all.
 * @param removed why something is removed.
 */
export const planChanges = (
  resources: readonly Resource[],
  live: readonly Live[],
  server: ServerFile,
  removed = 'no longer in the files',
): Change[] =>
  kinds.flatMap((kind) => {
    const names = [
      ...resources.filter((one) => one.kind === kind),
      ...live.filter((one) => one.kind === kind).map(({ marker }) => marker),
    ]
    return [...new Set(names.map(({ name }) => name))].flatMap((name) =>
      changesOf(kind, name, resources, live, { rules: rulesOf(server, kind), removed }),
    )
  })

/** Whether a downtime's rules are sent now, so that they begin at a new date; other downtimes continue. */
export const beginsAnew = ({ action, kind, fields }: Pick<Change, 'action' | 'kind' | 'fields'>): boolean =>
  kind === 'downtime' &&
  (action === 'add' ||
    action === 'replace' ||
    (action === 'change' && fields.some(({ path }) => path.startsWith('schedule'))))

/** Whether anything needs to be done. */
export const isChange = ({ action }: Change): boolean => action !== 'keep' && action !== 'leave'
