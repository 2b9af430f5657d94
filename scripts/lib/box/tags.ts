/** Longest tag that Datadog keeps; it cuts the rest off. */
export const maximumTagLength = 200

const shape = /^\p{L}[\p{L}\p{N}_\-:./]*$/u

/**
 * Datadog's rules for a tag: starts with a letter; letters, digits, `_ - : . /`; lower case; no colon at the end. Whatever breaks them is
 * silently changed by Datadog, so that a query for the tag as written finds nothing.
 */
export const isTag = (text: string): boolean =>
  text.length <= maximumTagLength && shape.test(text) && !text.endsWith(':') && text === text.toLowerCase()

export const tagExpectation = `a tag such as env:trial: starts with a letter, lower case, only letters, digits and _ - : . /, at most ${maximumTagLength} characters, no colon at the end`
