// Phrases of the checks.

export const missing = (wanted: readonly string[], found: Iterable<string>): string[] => {
  const present = new Set(found)
  return wanted.filter((item) => !present.has(item))
}

export const lacking = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what} that did not arrive: ${names.join(', ')}`]
