// Compares versions as Vagrant does.

/** What RubyGems accepts as a version. If a catalogue contains any other, Vagrant ignores all of it. */
const known = /^\d+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

/** Whether Vagrant accepts a version. A box file's version may contain `+` or `~`, which Vagrant doesn't support. */
export const isVagrantVersion = (version: string): boolean => known.test(version)

/**
 * A version's parts, with numbers as numbers, and without trailing zeros of the leading numbers and of the whole:
 * RubyGems' canonical segments.
 */
const parts = (version: string): (bigint | string)[] => {
  const all = (version.replaceAll('-', '.pre.').match(/\d+|[a-z]+/gi) ?? []).map((part) =>
    /^\d/.test(part) ? BigInt(part) : part,
  )
  const word = all.findIndex((part) => typeof part === 'string')
  const front = word === -1 ? all.length : word
  const trimmed = (some: (bigint | string)[]) => some.slice(0, some.findLastIndex((part) => part !== 0n) + 1)
  return [...trimmed(all.slice(0, front)), ...trimmed(all.slice(front))]
}

const order = (a: bigint | string, b: bigint | string): number => {
  // A word marks a pre-release, older than any number. So does a hyphen, which stands for the word "pre".
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, zero or positive, in Vagrant's order of box versions, which is RubyGems'. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const found = order(left[index] ?? 0n, right[index] ?? 0n)
    if (found !== 0) return found
  }
  return 0
}
