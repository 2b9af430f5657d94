// Secrets in the command of an assertion: everybody on the machine can read a command line.

import { isPlaceholder, isSecretName } from './secret-names.ts'
import { findKeys } from './secrets.ts'

/** `-pSECRET`, as some database clients take a password: letters and digits, and longer than options that begin so. */
const attached = /\s-p((?=\S*\d)(?=\S*[A-Za-z])\S{6,})/

const login = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i

/** Read where it is used: a variable, another command, a file. */
const isReference = (value: string): boolean => isPlaceholder(value) || /^(?:\$|`|@|\/|<)/.test(value)

const isLiteral = (value: string | undefined): boolean => value !== undefined && !isReference(value)

const bare = (word: string): string => word.replaceAll(/["']/g, '')

/** The words of a shell's command, roughly: quotes keep blanks together. */
const wordsIn = (text: string): string[] => (text.match(/(?:"[^"]*"|'[^']*'|[^\s;&|()])+/g) ?? []).map(bare)

/** Also `PGPASSWORD`, a single word, and names that end in `_AUTH`. */
const isSecret = (name: string): boolean =>
  isSecretName(name) || /(?:pass(?:word|wd)|secret|token|apikey|_auth)$/i.test(name)

/** `NAME=VALUE`, `--NAME=VALUE`, `--NAME VALUE`. */
const hasNamed = (words: readonly string[]): boolean =>
  words.some((word, index) => {
    const [, name = '', value] = /^-{0,2}([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? []
    if (!isSecret(name)) return false
    if (value !== undefined) return isLiteral(value)
    const next = words[index + 1]
    return word.startsWith('-') && next?.startsWith('-') !== true && isLiteral(next)
  })

/** Whether a command line has a secret in it: a key, a login in an address, a password as an option or a variable. */
export const hasSecret = (command: string | readonly string[]): boolean => {
  const text = typeof command === 'string' ? command : command.join(' ')
  const words = typeof command === 'string' ? wordsIn(text) : command.flatMap((word) => [word, ...wordsIn(word)])
  return findKeys(text).length > 0 || login.test(text) || isLiteral(attached.exec(text)?.[1]) || hasNamed(words)
}
