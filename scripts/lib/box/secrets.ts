// Finds and redacts keys.

import { isKeyName } from './secret-names.ts'

/** Shape of a Datadog API key: 32 lower-case hexadecimal digits (fault 20). */
export const isApiKey = (text: string): boolean => /^[0-9a-f]{32}$/.test(text)

/**
 * Shape of a Datadog application key (fault 20): 40 lower-case hexadecimal digits, or `ddapp_` and 34 letters and digits. New keys have the
 * second form: Datadog's page on personal access tokens documents the prefix, and its Agent accepts both.
 */
export const isApplicationKey = (text: string): boolean => /^(?:[0-9a-f]{40}|ddapp_[0-9A-Za-z]{34})$/.test(text)

/** The environment variable for this kind of secret. */
export type SecretVariable = 'DD_API_KEY' | 'DD_APP_KEY'

/**
 * A word of 32 or 40 hexadecimal digits in either case, since a pasted key may be upper-case; 64 digits are a SHA-256. Or a key with a
 * known prefix.
 */
const word = /(?<![0-9A-Za-z])(?:ddapp_[0-9A-Za-z]{34}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])/g

/** 40 upper-case digits are the fingerprint of a public key, as boxhound expects it. */
const isFingerprint = (text: string): boolean => /^[0-9A-F]{40}$/.test(text) && /[A-F]/.test(text)

/** The name right before a value: `api_key: `, `"token": "`, `?api_key=`, `key:`. */
const nameBefore = /([A-Za-z][\w.-]*)["']?[ \t]*[:=][ \t]*["']?$/

/** Whether a key is plausible at an offset: by the name right before it or, in a comment, by any word before it. */
const isKeyPlace = (text: string, offset: number): boolean => {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  const name = nameBefore.exec(before)?.[1]
  if (name !== undefined) return isKeyName(name)
  const comment = /(?:^|\s)(?:#|\/\/|--)(.*)$/.exec(before)?.[1]
  return comment?.match(/[A-Za-z][\w.-]*/g)?.some(isKeyName) === true
}

/**
 * Finds key-like words in `text` where a key is plausible, without returning the key itself (fault 22). A commit or a digest has the same
 * shape (fault 77), so a match only counts under a name such as `api_key` or `token`. A key with a known prefix counts anywhere.
 *
 * @param name of the value that the text is.
 */
export const findKeys = (
  text: string,
  name = '',
): { readonly offset: number; readonly length: number; readonly variable: SecretVariable }[] =>
  [...text.matchAll(word)]
    .filter(
      ({ 0: match, index }) =>
        !isFingerprint(match) && (match.startsWith('ddapp_') || isKeyName(name) || isKeyPlace(text, index)),
    )
    .map((match) => ({
      offset: match.index,
      length: match[0].length,
      variable: match[0].length === 32 ? 'DD_API_KEY' : 'DD_APP_KEY',
    }))

/** The text with everything that looks like a key redacted. */
export const redactKeys = (text: string): string =>
  text.replaceAll(word, (match) => (isFingerprint(match) ? match : '[key]'))
