import { type Markup, markup } from './markup.ts'
import type { PreviewWeek, Slot } from './types.ts'

const words: Readonly<Record<Slot, string>> = {
  silent: 'silent',
  overlap: 'silent twice',
  gap: 'gap: should be silent, is not',
  extra: 'silent, not wished',
  open: 'open',
}

export interface Run {
  readonly slot: Slot
  /** Half-hours since midnight. */
  readonly from: number
  readonly to: number
}

/** Equal half-hours that follow each other, as one. */
export const runsOfSlots = (slots: readonly Slot[]): Run[] => {
  const runs: Run[] = []
  for (const [index, slot] of slots.entries()) {
    const last = runs.at(-1)
    if (last?.slot === slot) runs.splice(-1, 1, { ...last, to: index + 1 })
    else runs.push({ slot, from: index, to: index + 1 })
  }
  return runs
}

const clock = (half: number): string =>
  `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`

/** A run's hours. Where the clock changes, half-hours are counted from midnight, since a row does not tell when it does. */
const hours = ({ from, to }: Run, isUsual: boolean): string =>
  isUsual ? `${clock(from)} to ${clock(to)}` : `${from / 2} h to ${to / 2} h after midnight`

const row = ({ day, slots }: PreviewWeek['rows'][number], longest: number): Markup => {
  const isUsual = slots.length === 48
  const runs = runsOfSlots(slots)
  const told = runs.filter(({ slot }) => slot !== 'open').map((run) => `${words[run.slot]} ${hours(run, isUsual)}`)
  const cells = runs.map(
    (run) =>
      markup`<i class="${run.slot}" style="flex-grow:${run.to - run.from}" title="${day}, ${hours(run, isUsual)}: ${words[run.slot]}"></i>`,
  )
  const rest = longest > slots.length ? markup`<i class="none" style="flex-grow:${longest - slots.length}"></i>` : ''
  const note = isUsual ? '' : markup`<small>${slots.length / 2} h</small>`
  return markup`<div class="day"><span>${day}${note}</span><div class="strip" role="img" aria-label="${day}: ${told.length === 0 ? 'open all day' : told.join(', ')}">${cells}${rest}</div></div>`
}

/** A week of downtimes as seven strips. On a day of 23 or 25 hours the strip is as much shorter or longer. */
export const week = ({ rows, notes }: PreviewWeek): Markup => {
  const longest = Math.max(48, ...rows.map(({ slots }) => slots.length))
  const ruler = Array.from({ length: 9 }, (_, index) => {
    const left = Math.round(((index * 6) / longest) * 1e4) / 100
    return markup`<span class="${index % 2 === 1 ? 'odd' : 'even'}" style="left:${left}%">${index * 3}</span>`
  })
  const lines = notes.map((note) => markup`<li>${note}</li>`)
  return markup`<div class="week"><div class="day ruler" aria-hidden="true"><span></span><div class="strip">${ruler}</div></div>${rows.map((one) => row(one, longest))}${lines.length === 0 ? '' : markup`<ul class="notes">${lines}</ul>`}</div>`
}

/** What the colours of all weeks mean. */
export const weekLegend = (): Markup =>
  markup`<ul class="legend week-legend">${Object.entries(words).map(([slot, meaning]) => markup`<li><i class="${slot}"></i><span>${meaning}</span></li>`)}</ul>`

/** Hours that a week is silent. */
export const silentHours = ({ rows }: PreviewWeek): number =>
  rows.reduce((sum, { slots }) => sum + slots.filter((slot) => slot !== 'open' && slot !== 'gap').length, 0) / 2
