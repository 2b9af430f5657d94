// Finds who is notified.

/** Everyone mentioned in a message, without duplicates: `@slack-ops`, `@you@example.com`. */
export const handlesIn = (message: string): string[] => [...new Set(message.match(/(?<!\S)@\S*[^\s.,;:!?]/g))]
