// Wanted against found: add, change, remove.

import type { Bridge } from './calendar/bridge.ts'
import { canonical, counted, countsBy, equal, fingerprint, fingerprintOf, type Rules, rulesOf } from './canonical.ts'
import { difference, type Field } from './difference.ts'
import { type Kept, keptOf } from './kept.ts'
import { type Kind, kinds, type Live, type Resource } from './resource-kinds.ts'
import type { ServerFile } from './schema.ts'

/** `replace` makes it anew and then removes what was there: where the account takes no such change. */
export type Action = 'add' | 'change' | 'replace' | 'remove' | 'keep' | 'leave'

/** What is to be done about one resource, and why. */
export interface Change {
  readonly action: Action
  readonly kind: Kind
  readonly name: string
  /** The account's id; null for what is to be added. */
  readonly id: string | null
  readonly reason: string
  /** True when somebody changed it by hand: the files say what they said when it was applied. */
  readonly drift: boolean
  readonly fields: readonly Field[]
  /** What the files don't say and an update sends back as the account has it. */
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

/** Whether nobody changed it since it was applied, as far as can be told without the files of that day. */
const isAsApplied = ({ kind, wire, marker }: Live, wanted: Resource, rules: Rules): boolean =>
  marker.applied ===
  fingerprintOf(
    counted(canonical(kind, wire, rules), canonical(kind, wanted.wire, rules), countsBy(rules, wanted.wire)),
  )

/** All that is made. */
const newFields = ({ kind, wire }: Resource, rules: Rules): Field[] =>
  difference({}, canonical(kind, wire, rules), { counts: () => true })

const oldestFirst = (a: Live, b: Live): number =>
  a.created.localeCompare(b.created) || a.id.localeCompare(b.id, 'en', { numeric: true })

const base = { id: null, drift: false, fields: [], kept: [], bridge: null, wanted: null, live: null }

const of = (live: Live) => ({ ...base, kind: live.kind, name: live.marker.name, id: live.id, live })

/** Whether two differ in what the account never changes, such as a monitor's type: no copy made by hand does. */
const isOtherKind = ({ kind, wire }: Live, other: Resource['wire'], rules: Rules): boolean => {
  const [a, b] = [canonical(kind, wire, rules), canonical(kind, other, rules)]
  return rules.fixed.some((name) => !equal(a[name] ?? null, b[name] ?? null))
}

/**
 * Copies beside the first: what is identical came of an answer that was lost. Anything else was made by hand and is not ours to remove, not
 * even when it differs only in what the files say nothing of.
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

/** The one that is meant among several with one marker: one that is as applied, else the oldest. */
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
 * What has to be done so that an account holds just what is wanted, in the order in which it is shown: monitors, dashboards, downtimes.
 *
 * @param live all resources that carry the box's marker; an empty `resources` removes them all.
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

/** Whether the account is told a downtime's rules now, so that they begin at another date: those of the others run on. */
export const beginsAnew = ({ action, kind, fields }: Pick<Change, 'action' | 'kind' | 'fields'>): boolean =>
  kind === 'downtime' &&
  (action === 'add' ||
    action === 'replace' ||
    (action === 'change' && fields.some(({ path }) => path.startsWith('schedule'))))

/** Whether anything would be done. */
export const isChange = ({ action }: Change): boolean => action !== 'keep' && action !== 'leave'
