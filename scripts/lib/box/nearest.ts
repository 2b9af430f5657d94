// "did you mean" suggestions.

/** Number of edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replace = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replace, swapped ? at(i - 2, j - 2) + 1 : replace))
    }
  }
  return at(a.length, b.length)
}

/**
 * The name that was probably meant: the nearest of `known`, if near enough to suggest (fault 12).
 *
 * @returns undefined when nothing is within a third of the length (at least two edits), ignoring case.
 */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const short = word.toLowerCase().slice(0, 64)
  const limit = Math.max(2, Math.floor(short.length / 3))
  const [best] = known
    .map((name) => ({ name, edits: distance(short, name.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)
  return best?.name
}

/** `did you mean "x"? known: a, b, c`: the hint for an unknown name. */
export const suggest = (word: string, known: readonly string[]): string => {
  const best = nearest(word, known)
  const list = known.length === 0 ? 'none is known here' : `known: ${known.join(', ')}`
  return best === undefined ? list : `did you mean "${best}"? ${list}`
}
