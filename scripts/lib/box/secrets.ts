// Shapes of keys where a key would stand, and their redaction.

import { isKeyName } from './secret-names.ts'

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

/** The name right before a value: `api_key: `, `"token": "`, `?api_key=`, `key:`. */
const nameBefore = /([A-Za-z][\w.-]*)["']?[ \t]*[:=][ \t]*["']?$/

/** Whether a key would stand at an offset: by the name right before it or, in a comment, by any word before it. */
const isKeyPlace = (text: string, offset: number): boolean => {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  const name = nameBefore.exec(before)?.[1]
  if (name !== undefined) return isKeyName(name)
  const comment = /(?:^|\s)(?:#|\/\/|--)(.*)$/.exec(before)?.[1]
  return comment?.match(/[A-Za-z][\w.-]*/g)?.some(isKeyName) === true
}

/**
 * Where `text` holds what looks like a key, at a place where a key would stand; the key itself is never handed on (fault 22). A commit or a
 * digest has the same shape (fault 77): it counts under a name such as `api_key` or `token` alone. A key that its prefix tells counts anywhere.
 *
 * @param name under which the whole text stands.
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

/** The text without anything that looks like a key, wherever it stands. */
export const redactKeys = (text: string): string =>
  text.replaceAll(word, (match) => (isFingerprint(match) ? match : '[key]'))
