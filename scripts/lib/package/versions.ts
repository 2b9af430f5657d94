/** A version’s parts, numbers as numbers; what stands behind `-` or `+` counts as further parts. */
const parts = (version: string): (number | string)[] =>
  version.split(/[.+~-]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part))

const order = (a: number | string, b: number | string): number => {
  // Vagrant orders versions as RubyGems does: a word makes a pre-release, older than any number.
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, zero or positive, as Vagrant orders the versions of a box. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const found = order(left[index] ?? 0, right[index] ?? 0)
    if (found !== 0) return found
  }
  return 0
}
