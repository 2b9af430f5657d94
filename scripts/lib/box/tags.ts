// Datadog's rules for tags.

/** Longest tag that Datadog keeps, in characters; it cuts the rest off. */
export const maximumTagLength = 200

/** Longest name of a service that Datadog keeps. */
export const maximumServiceLength = 100

const kept = /[\p{L}\p{N}:./-]/u

/** Datadog's normalisation after the first character: runs of anything else, underscores among it, become one underscore. */
const normalRest = (text: string, limit: number): string => {
  let normal = ''
  // What is collapsed counts, too.
  for (const character of [...text.toLowerCase()].slice(0, limit))
    normal += kept.test(character) ? character : normal.endsWith('_') ? '' : '_'
  return normal.replace(/_+$/, '')
}

/**
 * What Datadog makes of a tag: lower case; what comes before the first letter or colon is dropped; letters and digits of every script and
 * `_ - : . /` stay, runs of others become one underscore, as do runs of underscores; none stays at the end; at most 200 characters.
 */
export const normalTag = (text: string): string => {
  const start = text.search(/[\p{L}:]/u)
  return start < 0 ? '' : normalRest(text.slice(start), maximumTagLength)
}

/** The same for a value that stands behind its key, such as an environment or a service: it may start with a digit. */
export const normalTagValue = (text: string, limit = maximumTagLength): string => {
  const start = text.search(/[\p{L}\p{N}:./-]/u)
  return start < 0 ? '' : normalRest(text.slice(start), limit)
}

/** What Datadog makes of the name of a service. */
export const normalService = (text: string): string => normalTagValue(text, maximumServiceLength)

/**
 * Whether Datadog keeps a tag as it is written. Whatever breaks its rules is silently changed, so that a query for the tag as written finds
 * nothing; a colon at the end or at the start leaves a key or a value empty.
 */
export const isTag = (text: string): boolean =>
  text !== '' && normalTag(text) === text && !text.startsWith(':') && !text.endsWith(':')

export const tagExpectation = `a tag such as env:trial: starts with a letter, lower case, only letters, digits and _ - : . /, no two _ in a row, at most ${maximumTagLength} characters, no colon or _ at the end`
