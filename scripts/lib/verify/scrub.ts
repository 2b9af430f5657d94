// Removes secrets from results.

import type { CheckResult } from './results.ts'

const stars = '********'

/**
 * Values that look like a secret but aren't: a driver's `using password: YES`, placeholders, text that is already
 * hidden.
 */
const harmless =
  /^(?:yes|no|true|false|null|none|nil|undefined|empty|absent|invalid|missing|\*+[\w.-]{0,5}|<[^>]*>|%\w|\$\{?\w+\}?|ENC\[.*)$/i

const name =
  '(?:pass(?:word|wd|phrase)|passwd|pwd|secret|credentials?|(?:auth|access|refresh|session|bearer|id|api|secret)[_-]?token|token|(?:api|app|application|access|private|secret|encryption)[_-]?key(?:[_-]?id)?)'
/** A quote, however often JSON has escaped it. */
const quote = `\\\\*["'\`]`
/** A setting: a name with its prefix, a separator, and a value with or without quotes. */
const setting = new RegExp(
  `(?<![\\w/.])((?:[\\w.]{0,60}[_.-])?\\w{0,40}?${name}s?(?:${quote})?\\s{0,3}(?:=>|[:=]|(?<=["'\`]),)\\s{0,3})(?:(${quote})((?:(?!\\2)[^\\n])*)\\2|((?:Bearer|Basic|Digest)\\s+)?([^\\s"'\`\\\\<>&]+))`,
  'gi',
)

const rules: readonly [RegExp, string | ((...match: string[]) => string)][] = [
  [
    /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|$)/g,
    '[private key]',
  ],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>]*):[^\s"'<>]*@(?=[^\s@]*)/gi, `$1:${stars}@`],
  [/(\bauthorization["'\\]*\s{0,3}[:=]\s{0,3}["'\\]*(?:(?:bearer|basic|digest)\s+)?)[^\s"'\\]+/gi, `$1${stars}`],
  [
    /(\bidentified\s+(?:by|via|with)\s+(?:\w+\s+(?:by|as|using)\s+)?(?:password\s*\(?\s*)?)(["'])(?:(?!\2).)*\2/gi,
    `$1$2${stars}$2`,
  ],
  [/(--?(?:password|passwd|pass|token|api-key|secret)\s+)(?!-)\S+/gi, `$1${stars}`],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{40,}|glpat-[\w-]{20,}|(?:AKIA|ASIA)[0-9A-Z]{16}|ddapp_[0-9A-Za-z]{34})\b/g,
    stars,
  ],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/g, stars],
]

const hide = (
  whole: string,
  head: string,
  mark: string | undefined,
  quoted: string,
  scheme: string,
  bare: string,
): string => {
  const value = quoted ?? bare
  // Punctuation that closes a sentence or list is not part of the value.
  const tail = mark === undefined ? (/[)\]},;:.!?]+$/.exec(value)?.[0] ?? '') : ''
  const core = value.slice(0, value.length - tail.length)
  if (core === '' || harmless.test(core)) return whole
  return `${head}${scheme ?? ''}${mark ?? ''}${stars}${mark ?? tail}`
}

/**
 * Removes secrets from a machine's text, for anyone who reads a report. The Agent scrubs its readable output, but not
 * its JSON, and a check's error may contain the check's configuration. A value counts as a secret by its name or its
 * format; digests, ids and commits stay.
 *
 * @param known further secrets to remove verbatim, such as the caller's own key.
 */
export const scrub = (text: string, known: readonly string[] = []): string => {
  const plain = known.filter(({ length }) => length >= 8).reduce((rest, secret) => rest.replaceAll(secret, stars), text)
  const shaped = rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement as string), plain)
  return shaped.replace(setting, hide)
}

/** The caller's keys, which no report may quote, wherever they appear. */
export const knownSecrets = ({ DD_API_KEY, DD_APP_KEY }: NodeJS.ProcessEnv): string[] =>
  [DD_API_KEY, DD_APP_KEY].flatMap((value) => (value ? [value] : []))

/**
 * A result that is safe to show. Everything that a check saw passes through here on its way to the terminal, JSON,
 * JUnit or the page.
 */
export const scrubResult = (
  result: CheckResult,
  known: readonly string[] = knownSecrets(process.env),
): CheckResult => ({
  ...result,
  expected: scrub(result.expected, known),
  observed: scrub(result.observed, known),
})
