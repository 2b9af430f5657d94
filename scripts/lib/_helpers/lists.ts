// What stands in a list twice.

/** What stands in a list more than once, each once, in the order of the second places. */
export const repeated = (words: readonly string[]): string[] => [
  ...new Set(words.filter((word, index) => words.indexOf(word) !== index)),
]
