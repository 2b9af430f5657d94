// Draws a week for the terminal.

import { styleText } from 'node:util'
import { type DaySlots, type Slot, slotsOf } from './slots.ts'
import type { Week } from './week.ts'

export interface DrawOptions {
  readonly colour: boolean
  /** Width of the terminal, 80 if unknown. Below 62 a cell is one hour. */
  readonly width?: number
}

/** Worst first: if two half-hours share a cell, the worse is shown. */
const cells = {
  gap: { mark: '!', style: 'red', words: 'gap' },
  extra: { mark: '+', style: 'yellow', words: 'silent, not wished' },
  overlap: { mark: '▓', style: 'cyan', words: 'silent twice' },
  silent: { mark: '█', style: 'green', words: 'silent' },
  open: { mark: '·', style: 'dim', words: 'open' },
} as const satisfies Readonly<Record<Slot, object>>
const worstFirst: readonly Slot[] = ['gap', 'extra', 'overlap', 'silent', 'open']

const margin = 12
const wide = margin + 50

/** The note for a day with a clock change: `23 h, clock goes forward at 02:00`. */
export const noteOf = ({ hours, change }: DaySlots): string | undefined =>
  change === undefined ? undefined : `${hours} h, clock goes ${change.direction} at ${change.at}`

/** Slots in the ruler's columns: a skipped hour leaves a blank, a repeated one makes the row longer. */
const columnsOf = ({ slots, change }: DaySlots): (Slot | undefined)[] => {
  if (change === undefined || change.skipped <= 0) return [...slots]
  const blanks = Array.from({ length: Math.round(change.skipped) }, () => undefined)
  return [...slots.slice(0, change.index), ...blanks, ...slots.slice(change.index)]
}

/** Combines two columns into one cell. */
const paired = (columns: readonly (Slot | undefined)[]): (Slot | undefined)[] =>
  Array.from({ length: Math.ceil(columns.length / 2) }, (_, index) => {
    const pair = columns.slice(index * 2, index * 2 + 2)
    return worstFirst.find((slot) => pair.includes(slot))
  })

const ruler = (perHour: number): string => {
  const hours = Array.from({ length: 8 }, (_, index) => String(index * 3).padEnd(3 * perHour))
  return `${' '.repeat(margin)}${hours.join('')}24`
}

/**
 * A week for the terminal: a ruler of hours, one row per day, and a legend. A cell is half an hour, or an hour on a
 * narrow terminal. The kinds of cells differ by character as well as by colour. A day with a clock change has a note.
 */
export const drawWeek = (week: Week, { colour, width = 80 }: DrawOptions): string[] => {
  const paint = (slot: Slot, text: string): string =>
    colour ? styleText(cells[slot].style, text, { validateStream: false }) : text
  const narrow = width < wide
  const days = slotsOf(week)
  const rows = days.flatMap((each) => {
    const columns = narrow ? paired(columnsOf(each)) : columnsOf(each)
    const row = `${each.day.padEnd(margin)}${painted(columns, paint)}`
    const note = noteOf(each)
    if (note === undefined) return [row]
    return margin + columns.length + 2 + note.length <= width
      ? [`${row}  ${note}`]
      : [row, `${' '.repeat(margin)}${note}`]
  })
  const used = worstFirst.toReversed().filter((slot) => days.some(({ slots }) => slots.includes(slot)))
  return [ruler(narrow ? 1 : 2), ...rows, ...legend(used, paint, width)]
}

type PaintSlot = (slot: Slot, text: string) => string

/** Cells as text. Runs of the same kind are coloured at once, so that a row has few escape codes. */
const painted = (columns: readonly (Slot | undefined)[], paint: PaintSlot): string => {
  const runs: { slot: Slot | undefined; length: number }[] = []
  for (const slot of columns) {
    const last = runs.at(-1)
    if (last !== undefined && last.slot === slot) last.length++
    else runs.push({ slot, length: 1 })
  }
  return runs
    .map(({ slot, length }) => (slot === undefined ? ' '.repeat(length) : paint(slot, cells[slot].mark.repeat(length))))
    .join('')
}

const legend = (used: readonly Slot[], paint: PaintSlot, width: number): string[] => {
  const lines: { text: string; length: number }[] = []
  for (const slot of used) {
    const { mark, words } = cells[slot]
    const length = mark.length + 1 + words.length
    const last = lines.at(-1)
    const text = `${paint(slot, mark)} ${words}`
    if (last !== undefined && margin + last.length + 3 + length <= width) {
      last.text += `   ${text}`
      last.length += 3 + length
    } else lines.push({ text, length })
  }
  return lines.map(({ text }) => `${' '.repeat(margin)}${text}`)
}
