// The four comparisons, with their thresholds and order.

import type { Fields, Limit, Path, Tell } from './monitor-fields.ts'
import { isComparing, isUpwards, type Side, sides } from './monitor-types.ts'

/** Thresholds with their place in the file. */
export interface Limited {
  readonly path: Path
  readonly side: Side
  readonly limit: Limit
}

/** The thresholds of the monitor and of its variants, each with its place. */
export const limitsOf = ({ variants = {}, ...own }: Fields): Limited[] =>
  [
    { path: [] as Path, from: own as Partial<Record<Side, Limit>> },
    ...Object.entries(variants).map(([name, from]) => ({ path: ['variants', name], from })),
  ].flatMap(({ path, from }) =>
    sides.flatMap((side): Limited[] => {
      const limit = from[side]
      return limit === undefined ? [] : [{ path: [...path, side], side, limit }]
    }),
  )

/** All queries that may be sent. */
export const queriesOf = ({ query, variants = {} }: Fields): string[] => {
  const own = Object.values(variants).map((one) => one.query ?? query)
  return (own.length === 0 ? [query] : own).filter((one) => one !== undefined)
}

const anyOf = `one of ${sides.slice(0, -1).join(', ')} and ${sides.at(-1)}`

/**
 * One of the four comparisons sets both the number in the query and the thresholds. The query of a service check or a
 * composite has no number.
 */
export const tellMixed = (monitor: Fields, tell: Tell): void => {
  const { type, thresholds } = monitor
  const limits = limitsOf(monitor)
  if (type === 'composite') {
    if (thresholds !== undefined || limits.length > 0)
      tell([limits[0]?.side ?? 'thresholds'], 'nothing: other monitors decide')
    return
  }
  if (!isComparing(type)) {
    if (thresholds === undefined || limits.length > 0)
      tell(['thresholds'], `thresholds of a service check, and none of ${sides.join(', ')}`)
    return
  }
  const own = limits.filter(({ path }) => path.length === 1)
  if (thresholds !== undefined)
    tell(['thresholds'], `${anyOf}: they become both the number in the query and the thresholds`)
  else if (own.length !== 1) tell([own[1]?.side ?? 'above'], anyOf)
  const side = own[0]?.side ?? 'above'
  for (const limit of limits)
    if (limit.path.length > 1 && limit.side !== side) tell(limit.path, `${side}, as the monitor itself has it`)
}

/** A comparison in the query itself would occur twice. */
export const tellCompared = (monitor: Fields, tell: Tell): void => {
  if (!isComparing(monitor.type)) return
  const queries: readonly (readonly [Path, string | undefined])[] = [
    [['query'], monitor.query],
    ...Object.entries(monitor.variants ?? {}).map(([name, one]) => [['variants', name, 'query'], one.query] as const),
  ]
  for (const [path, query] of queries)
    if (query !== undefined && /[<>=]=?\s*-?[\d.]+\s*$/.test(query))
      tell(path, `a query without its comparison, which ${anyOf} makes`)
}

/** A warning must come before the alert, and a recovery before its own threshold: the account refuses anything else. */
export const tellDisorder = (monitor: Fields, tell: Tell): void => {
  for (const { path, side, limit } of limitsOf(monitor)) {
    const isAbove = isUpwards(side)
    for (const [name, of] of [
      ['warning', 'critical'],
      ['critical_recovery', 'critical'],
      ['warning_recovery', 'warning'],
    ] as const) {
      const [own, other] = [limit[name], limit[of]]
      if (own === undefined) continue
      if (other === undefined) tell([...path, of], `a ${of}, of which ${name} is the end`)
      else if (isAbove ? own >= other : own <= other)
        tell([...path, name], `a number ${isAbove ? 'below' : 'above'} ${of}, which is ${other}`)
    }
  }
}
