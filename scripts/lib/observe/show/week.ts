// A week as strips.

import { type Markup, markup } from './markup.ts'
import type { PreviewWeek, Slot } from './page-data.ts'

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

/** Merges consecutive equal half-hours. */
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

type Row = PreviewWeek['rows'][number]

/** A part of the ruler, in half-hours of the wall clock, that the clock passes once, twice or not at all. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly passes: readonly (readonly Slot[])[]
}

/** A row by the wall clock: a repeated hour has one place, and a skipped one leaves its place empty. */
const piecesOf = ({ slots, change = { index: slots.length, skipped: 0 } }: Row): Piece[] => {
  const { index } = change
  const skipped = Math.max(0, change.skipped)
  const twice = Math.min(index, Math.max(0, -change.skipped))
  const pieces = [
    { from: 0, to: index - twice, passes: [slots.slice(0, index - twice)] },
    { from: index - twice, to: index, passes: [slots.slice(index - twice, index), slots.slice(index, index + twice)] },
    { from: index, to: index + skipped, passes: [] },
    { from: index + skipped, to: slots.length + skipped - twice, passes: [slots.slice(index + twice)] },
  ]
  return pieces.filter(({ from, to }) => to > from)
}

interface Told {
  readonly words: string
  readonly cells: Markup
}

const cell = (day: string, kind: string, meaning: string, from: number, to: number, pass: string): Told => {
  const hours = `${clock(from)} to ${clock(to)}${pass}`
  const title = `${day}, ${hours}: ${meaning}`
  return {
    words: kind === 'open' ? '' : `${meaning} ${hours}`,
    cells: markup`<i class="${kind}" style="flex-grow:${to - from}" title="${title}"></i>`,
  }
}

const passNames = [' (first time)', ' (second time)']

const drawn = (day: string, { from, to, passes }: Piece): Told[] => {
  if (passes.length === 0) return [cell(day, 'none', 'left out by the clock', from, to, '')]
  const all = passes.map((slots, index) =>
    runsOfSlots(slots).map((run) => {
      const pass = passes.length === 1 ? '' : (passNames[index] ?? '')
      return cell(day, run.slot, words[run.slot], from + run.from, from + run.to, pass)
    }),
  )
  if (all.length === 1) return all.flat()
  const told = all.flat().map((one) => one.words)
  const lanes = all.map((pass) => markup`<span class="pass">${pass.map(({ cells }) => cells)}</span>`)
  return [
    {
      words: told.filter((one) => one !== '').join(', '),
      cells: markup`<span class="twice" style="flex-grow:${to - from}">${lanes}</span>`,
    },
  ]
}

const row = (one: Row): Markup => {
  const { day, slots, change } = one
  const all = piecesOf(one).flatMap((piece) => drawn(day, piece))
  const told = all.map((each) => each.words).filter((each) => each !== '')
  const note = change === undefined ? '' : markup`<small>${slots.length / 2} h</small>`
  return markup`<div class="day"><span>${day}${note}</span><div class="strip" role="img" aria-label="${day}: ${told.length === 0 ? 'open all day' : told.join(', ')}">${all.map(({ cells }) => cells)}</div></div>`
}

/**
 * A week of downtimes as seven strips below one ruler of the wall clock. When the clock goes forward, the strip has a
 * hole. When it goes back, both passes of the hour are drawn one above the other, so that all other hours stay below
 * their numbers.
 */
export const week = ({ rows, label, notes }: PreviewWeek): Markup => {
  const ruler = Array.from({ length: 9 }, (_, index) => {
    const left = Math.round((index / 8) * 1e4) / 100
    return markup`<span class="${index % 2 === 1 ? 'odd' : 'even'}" style="left:${left}%">${index * 3}</span>`
  })
  const lines = notes.map((note) => markup`<li>${note}</li>`)
  return markup`<div class="week"><h3>${label}</h3><div class="day ruler" aria-hidden="true"><span></span><div class="strip">${ruler}</div></div>${rows.map(row)}${lines.length === 0 ? '' : markup`<ul class="notes">${lines}</ul>`}</div>`
}

/** Explains the colours of all weeks. */
export const weekLegend = (): Markup =>
  markup`<ul class="legend week-legend">${Object.entries(words).map(([slot, meaning]) => markup`<li><i class="${slot}"></i><span>${meaning}</span></li>`)}</ul>`

/** Number of silent hours in a week. */
export const silentHours = ({ rows }: PreviewWeek): number =>
  rows.reduce((sum, { slots }) => sum + slots.filter((slot) => slot !== 'open' && slot !== 'gap').length, 0) / 2
