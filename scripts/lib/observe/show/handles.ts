// Whom a message names.

/** Everybody whom a message names, each once: `@slack-ops`, `@you@example.com`. */
export const handlesIn = (message: string): string[] => [...new Set(message.match(/(?<!\S)@\S*[^\s.,;:!?]/g))]
