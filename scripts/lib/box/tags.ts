// Datadog's rules for tags.

/** Maximum length of a tag in characters; Datadog truncates longer ones. */
export const maximumTagLength = 200

/** Maximum length of a service name. */
export const maximumServiceLength = 100

const kept = /[\p{L}\p{N}:./-]/u

/** Datadog's normalisation after the first character: runs of other characters, including underscores, become one underscore. */
const normalRest = (text: string, limit: number): string => {
  let normal = ''
  // Collapsed characters count towards the limit.
  for (const character of [...text.toLowerCase()].slice(0, limit))
    normal += kept.test(character) ? character : normal.endsWith('_') ? '' : '_'
  return normal.replace(/_+$/, '')
}

/**
 * Normalises a tag as Datadog does: lower case; drops everything before the first letter or colon; keeps letters and digits of every script and
 * `_ - : . /`, turns runs of others and of underscores into one underscore; none at the end; at most 200 characters.
 */
export const normalTag = (text: string): string => {
  const start = text.search(/[\p{L}:]/u)
  return start < 0 ? '' : normalRest(text.slice(start), maximumTagLength)
}

/** The same for the value of a tag, such as an environment or a service: it may start with a digit. */
export const normalTagValue = (text: string, limit = maximumTagLength): string => {
  const start = text.search(/[\p{L}\p{N}:./-]/u)
  return start < 0 ? '' : normalRest(text.slice(start), limit)
}

/** Normalises the name of a service as Datadog does. */
export const normalService = (text: string): string => normalTagValue(text, maximumServiceLength)

/**
 * Whether Datadog keeps a tag as written. It silently changes tags that break its rules, so that a query for the tag as written finds nothing;
 * a colon at the start or end leaves the key or value empty.
 */
export const isTag = (text: string): boolean =>
  text !== '' && normalTag(text) === text && !text.startsWith(':') && !text.endsWith(':')

export const tagExpectation = `a tag such as env:trial: starts with a letter, lower case, only letters, digits and _ - : . /, no two _ in a row, at most ${maximumTagLength} characters, no colon or _ at the end`
