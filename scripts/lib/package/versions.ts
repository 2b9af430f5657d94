// Versions in Vagrant's order.

/** What RubyGems takes for a version. Of a catalogue with another one in it Vagrant reads nothing at all. */
const known = /^\d+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

/** Whether Vagrant takes it for a version: a box file’s may have a `+` or `~`, which Vagrant knows nothing of. */
export const isVagrantVersion = (version: string): boolean => known.test(version)

/** A version’s parts, numbers as numbers, without the zeros at the end of the numbers in front and of all: RubyGems’ canonical segments. */
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
  // A word makes a pre-release, older than any number; so does a hyphen, which stands for the word "pre".
  if (typeof a !== typeof b) return typeof a === 'string' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, zero or positive, as Vagrant orders the versions of a box: as RubyGems does. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parts(a), parts(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const found = order(left[index] ?? 0n, right[index] ?? 0n)
    if (found !== 0) return found
  }
  return 0
}
