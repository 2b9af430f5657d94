// Two texts, line by line.

import { diffArrays } from 'diff'

/** A line of two texts: in both, only in the one before, only in the one after, or `…` for lines that are left out. */
export interface Line {
  readonly mark: ' ' | '-' | '+' | '…'
  readonly text: string
}

/** Equal lines further than `context` from a change are left out. */
const withContext = (lines: readonly Line[], context: number): Line[] => {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(index - context, 0), index + context + 1).some(({ mark }) => mark !== ' '),
  )
  return lines.flatMap((line, index) => {
    if (isNear[index]) return [line]
    return index === 0 || isNear[index - 1] ? [{ mark: '…', text: '' }] : []
  })
}

/** Line by line what makes one text of another, with as many equal lines around each change. */
export const lineDifference = (from: string, to: string, context = 1): Line[] =>
  withContext(
    diffArrays(from.split('\n'), to.split('\n')).flatMap(({ added, removed, value }) =>
      value.map((text): Line => ({ mark: added ? '+' : removed ? '-' : ' ', text })),
    ),
    context,
  )
