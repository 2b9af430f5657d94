// Regular expressions as the Agent's log rules take them: RE2, the syntax of Go.

/** What RE2 leaves out, because it matches in linear time. */
const absent: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a look-ahead', /\(\?[=!]/],
  ['a look-behind', /\(\?<[=!]/],
  ['a back reference', /\\(?:[1-9]|k[<{'])/],
  ['an atomic group', /\(\?>/],
  ['a possessive quantifier', /(?:[*+?]|\{\d+(?:,\d*)?\})\+/],
  ['\\Z', /\\Z/],
]

/** The pattern without escaped characters and classes, in which these signs mean themselves. */
const bones = (pattern: string): string => pattern.replaceAll(/\\([^1-9kZ])/g, '').replaceAll(/\[\^?\]?[^\]]*\]/g, '[]')

/** RE2's own syntax as JavaScript's, as far as that has it. */
const translated = (pattern: string): string =>
  pattern
    .replaceAll(/\\Q(.*?)(?:\\E|$)/gs, (_, text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
    .replaceAll(/\(\?P?<(\w+)>/g, '(?<$1>')
    .replaceAll(/\(\?[imsU]*(?:-[imsU]+)?:/g, '(?:')
    .replaceAll(/\(\?[imsU]+(?:-[imsU]+)?\)/g, '')
    .replaceAll(/\[:\^?[a-z]+:\]/g, 'a')
    .replaceAll(/\\[pP](?:\{\^?\w+\}|[A-Z])/g, 'a')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll(/\\[aC]/g, 'a')
    .replaceAll(/\\x\{([0-9a-fA-F]+)\}/g, 'a')

/** Why the Agent would refuse a pattern; undefined if it takes it. */
export const re2Problem = (pattern: string): string | undefined => {
  const found = absent.find(([, shape]) => shape.test(bones(pattern)))
  if (found !== undefined) return `${found[0]}, which RE2 does not have`
  try {
    new RegExp(translated(pattern))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
  }
}
