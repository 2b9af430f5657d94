// Compares two texts line by line.

import { diffArrays } from 'diff'

/** A line in the comparison: in both texts, only in the old one, only in the new one, or `…` for omitted lines. */
export interface Line {
  readonly mark: ' ' | '-' | '+' | '…'
  readonly text: string
}

/** Omits equal lines further than `context` from a change. */
const withContext = (lines: readonly Line[], context: number): Line[] => {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(index - context, 0), index + context + 1).some(({ mark }) => mark !== ' '),
  )
  return lines.flatMap((line, index) => {
    if (isNear[index]) return [line]
    return index === 0 || isNear[index - 1] ? [{ mark: '…', text: '' }] : []
  })
}

/** Line by line, the changes from one text to another, with `context` equal lines around each. */
export const lineDifference = (from: string, to: string, context = 1): Line[] =>
  withContext(
    diffArrays(from.split('\n'), to.split('\n')).flatMap(({ added, removed, value }) =>
      value.map((text): Line => ({ mark: added ? '+' : removed ? '-' : ' ', text })),
    ),
    context,
  )
