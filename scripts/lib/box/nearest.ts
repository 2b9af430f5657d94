// "did you mean" suggestions.

import { distance } from 'fastest-levenshtein'

/**
 * The name that was probably meant: the nearest of `known`, if near enough to suggest (fault 12).
 *
 * @returns undefined when nothing is within a third of the length (at least two insertions, deletions or replacements), ignoring case.
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
