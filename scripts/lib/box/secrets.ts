/** Shape of a Datadog API key: 32 lower-case hexadecimal digits (fault 20). */
export const isApiKey = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)

/**
 * Shape of a Datadog application key (fault 20): 40 lower-case hexadecimal digits, or `ddapp_` and 34 letters and digits. The second is that
 * of new keys: Datadog's page on personal access tokens names the prefix, and its Agent takes both shapes.
 */
export const isApplicationKey = (text: string): boolean => /^(?:[0-9a-f]{40}|ddapp_[0-9A-Za-z]{34})$/.test(text)

/** The variable that a secret of this kind belongs into instead of a file. */
export type SecretVariable = 'DD_API_KEY' | 'DD_APP_KEY'

/**
 * A word of 32 or 40 hexadecimal digits, in either case: a pasted key may have been shouted. 64 digits are a SHA-256. Or a key that its
 * prefix tells.
 */
const word = /(?<![0-9A-Za-z])(?:ddapp_[0-9A-Za-z]{34}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])/g

/** 40 digits in capitals are the fingerprint of a public key, which is how boxhound wants those written. */
const isFingerprint = (text: string): boolean => /^[0-9A-F]{40}$/.test(text) && /[A-F]/.test(text)

/** Where `text` holds something that looks like a key; the key itself is never handed on (fault 22). */
export const findKeys = (text: string): { readonly offset: number; readonly variable: SecretVariable }[] =>
  [...text.matchAll(word)]
    .filter(([match]) => !isFingerprint(match))
    .map((match) => ({ offset: match.index, variable: match[0].length === 32 ? 'DD_API_KEY' : 'DD_APP_KEY' }))

/** The text without anything that looks like a key. */
export const redactKeys = (text: string): string =>
  text.replaceAll(word, (match) => (isFingerprint(match) ? match : '[key]'))
