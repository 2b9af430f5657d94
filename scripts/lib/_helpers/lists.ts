// Duplicates in a list.

/** The duplicates in a list, each once, in order of their second occurrence. */
export const repeated = (words: readonly string[]): string[] => [
  ...new Set(words.filter((word, index) => words.indexOf(word) !== index)),
]
