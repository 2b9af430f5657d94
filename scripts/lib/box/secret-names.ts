// Names whose values are secrets.

/** Splits `apiKey`, `DD_API_KEY` and `api-key` into words: api, key. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')

/** Last words of names whose value is always a secret. */
const secretWord =
  /^(?:pass(?:word|wd|phrase|code)?|pwd|passwords|secret|secrets|token|tokens|apikey|appkey|secretkey|accesskey|authtoken|accesstoken|community)$/

/** Words before `key` that make it a secret; `sort_key`, `public_key` and `cache_key` are not. */
const secretKeyWord =
  /^(?:api|app|application|access|secret|private|priv|auth|account|admin|client|encryption|decryption|license|master|service|session|shared|signing)$/

/** Whether a literal value under this name is a secret: `password`, `client_secret`, `api_key`, `authToken`. */
export const isSecretName = (name: string): boolean => {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  if (/^strings?$/.test(last) && words.at(-2) === 'community') return true
  return secretWord.test(last) || (/^keys?$/.test(last) && secretKeyWord.test(words.at(-2) ?? ''))
}

/** Whether a key-shaped value under this name could be a key: any name above, and any other `key` except a public one. */
export const isKeyName = (name: string): boolean => {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  return (
    isSecretName(name) || /^(?:auth|credentials?)$/.test(last) || (/^keys?$/.test(last) && words.at(-2) !== 'public')
  )
}

/** Whether a value is a placeholder or empty, and so not a secret. */
export const isPlaceholder = (value: string): boolean =>
  /^(?:|ENC\[[^\]]+\]|%%[^%]+%%|<[^>]*>|\$\{?\w+\}?|\$\{\{?[^}]*\}\}?|\{[^}]*\}|@\w+@|\*+|x{3,}|\.{3}|…|none|null|nil|true|false|yes|no)$/i.test(
    value.trim(),
  )
