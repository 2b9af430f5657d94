// Short names for series.

const keyOf = (tags: readonly string[]): string => (tags.length === 1 ? (tags[0]?.split(':', 1)[0] ?? '') : '')

/** Short names for groups: if all are values of the same key, the key is left out, since the query shows it. */
export const groupNames = (all: readonly (readonly string[])[]): string[] => {
  const key = keyOf(all[0] ?? [])
  const isShort = key !== '' && all.length > 1 && all.every((tags) => keyOf(tags) === key)
  return all.map((tags) => (isShort ? tags.join().slice(key.length + 1) : tags.join(', ')))
}
