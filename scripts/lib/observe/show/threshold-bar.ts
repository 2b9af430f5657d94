// Shows thresholds as a bar.

import { type JsonObject, numberIn, objectOf } from '../../_helpers/json.ts'
import { type Markup, markup } from './markup.ts'
import { figure } from './quantity.ts'
import { axisFor } from './scale.ts'

export interface Zone {
  readonly state: 'ok' | 'warning' | 'error'
  /** Percent of the bar. */
  readonly share: number
}

/**
 * Which values are fine, warn and alert, along an axis from 0 to beyond the last threshold; undefined without a
 * critical one.
 */
export const zonesOf = (thresholds: JsonObject, isBelow: boolean): Zone[] | undefined => {
  const [critical, warning] = [numberIn(thresholds.critical), numberIn(thresholds.warning)]
  if (critical === undefined) return undefined
  const inner = warning ?? critical
  const { from, to } = axisFor(Math.min(0, critical, inner), Math.max(critical, inner) * 1.2 || 1)
  const share = (a: number, b: number): number => Math.round(((b - a) / (to - from)) * 1000) / 10
  const zones: Zone[] = isBelow
    ? [
        { state: 'error', share: share(from, critical) },
        { state: 'warning', share: share(critical, inner) },
        { state: 'ok', share: share(inner, to) },
      ]
    : [
        { state: 'ok', share: share(from, inner) },
        { state: 'warning', share: share(inner, critical) },
        { state: 'error', share: share(critical, to) },
      ]
  return zones.filter((zone) => zone.share > 0)
}

const names: readonly (readonly [string, string, string])[] = [
  ['critical', 'alert', 'error'],
  ['critical_recovery', 'alert ends', 'ok'],
  ['warning', 'warning', 'warning'],
  ['warning_recovery', 'warning ends', 'ok'],
  ['ok', 'ok', 'ok'],
  ['unknown', 'unknown', 'unknown'],
]

/** A monitor's thresholds as numbers and, unless they count runs of a service check, as a bar. */
export const thresholdBar = (wire: JsonObject): Markup => {
  const thresholds = objectOf(objectOf(wire.options).thresholds)
  const isCheck = wire.type === 'service check'
  const sign = /([<>]=?)\s*-?[\d.]+\s*$/.exec(typeof wire.query === 'string' ? wire.query : '')?.[1] ?? ''
  const chips = names.flatMap(([key, label, level]) => {
    const value = numberIn(thresholds[key])
    if (value === undefined) return []
    const isEnd = label.endsWith('ends')
    const bound = isCheck || isEnd ? '' : `${sign} `
    const runs = isCheck ? (value === 1 ? ' run' : ' runs') : ''
    return [
      markup`<li class="${level}">${label} <b>${bound}${figure(value, 'plain', undefined, false).digits}${runs}</b></li>`,
    ]
  })
  const zones = isCheck ? undefined : zonesOf(thresholds, sign.startsWith('<'))
  const bar = zones?.map(({ state, share }) => markup`<i class="${state}" style="width:${share}%"></i>`)
  return markup`${bar === undefined ? '' : markup`<div class="zones" aria-hidden="true">${bar}</div>`}<ul class="chips">${chips}</ul>`
}
