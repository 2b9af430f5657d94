// Rejects values that no YAML file of the Agent may hold: secrets, placeholders, and what the Agent would read differently.

import { isSettings } from './agent.ts'
import type { Problem } from './problems.ts'
import { isSecretName } from './secret-names.ts'
import { secretShapes } from './secret-shapes.ts'
import { foundAt, keyOffset, type Path, type Source, valueOffset } from './source.ts'
import { pathName } from './validate.ts'

/** ENC[handle], which the Agent replaces by what its secret backend answers. */
export const isHandle = (value: unknown): boolean => typeof value === 'string' && /^ENC\[[^\]]+\]$/.test(value)

const privateKey = new RegExp(secretShapes.privateKey)
/** A password in an address, with a scheme or without: `user:password@host:3128`. */
const login = /^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/:@]*:(?!\/\/)([^\s/@]+)@[^\s@]/i
const token =
  /\b(?:gh[pousr]_\w{36}|github_pat_\w{40}|glpat-[\w-]{20}|(?:AKIA|ASIA)[0-9A-Z]{16}|hvs\.\w{20}|eyJ[\w-]{10,}\.eyJ[\w-]{10})/

/** What kind of secret a text is, whatever its name; undefined for none. */
const secretIn = (text: string): string | undefined => {
  if (privateKey.test(text)) return 'a private key'
  if (token.test(text)) return 'an access token'
  const password = login.exec(text)?.[1]
  return password === undefined || isHandle(password) ? undefined : 'a password inside an address'
}

/** Maps of addresses to lists of keys: `additional_endpoints: { "https://app.datadoghq.eu": [KEY] }`. */
const holdsKeys = (name: string): boolean => /(?:^|_)additional_endpoints$/.test(name)

interface Place {
  readonly source: Source
  readonly path: Path
  /** Name that the value goes by: its key, or that of its list. */
  readonly name: string
  /** Inside a map of addresses to keys. */
  readonly keys: boolean
}

const secretProblem = ({ source, path }: Place, what: string, length: number): Problem => ({
  offset: valueOffset(source, path),
  message: `${what} in ${pathName(path)}`,
  expected: 'no secret in a box file: every copy of the image would carry it',
  found: `${length} characters, not shown`,
  next: 'write ENC[handle], which the Agent resolves from a secret store (agent.secrets)',
})

const inText = (value: string, place: Place): Problem[] => {
  if (isHandle(value)) return []
  const { source, path, name } = place
  const placeholder = /<[A-Z][A-Z0-9_ -]*>/.exec(value)?.[0]
  if (placeholder !== undefined)
    return [
      {
        offset: valueOffset(source, path),
        message: `${pathName(path)} is a placeholder`,
        expected: 'the value itself',
        found: placeholder,
        next: 'replace the placeholder, angle brackets included, with the value',
      },
    ]
  if (/\p{Surrogate}/u.test(value))
    return [
      {
        offset: valueOffset(source, path),
        message: `${pathName(path)} holds half of a surrogate pair`,
        expected: 'whole characters',
        found: foundAt(source, path),
        next: 'write the character itself, or \\U and eight hexadecimal digits',
      },
    ]
  const what = secretIn(value)
  if (what !== undefined) return [secretProblem(place, what, value.length)]
  const secret = place.keys || isSecretName(name)
  return secret && value !== '' ? [secretProblem(place, `a literal value of "${name}"`, value.length)] : []
}

const inNumber = (value: number, place: Place): Problem[] => {
  const { source, path, name } = place
  // Number of tokens or keys, say: only what is certainly a password.
  if (place.keys || /(?:pass(?:word|wd|phrase|code)?|pwd|secret)$/i.test(name))
    return [secretProblem(place, `a literal value of "${name}"`, String(value).length)]
  if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) return []
  const isLarge = Number.isFinite(value)
  return [
    {
      offset: valueOffset(source, path),
      message: `${pathName(path)} is ${isLarge ? 'too large to be kept exactly' : 'not a finite number'}`,
      expected: isLarge ? 'a whole number up to 9007199254740991, or text' : 'a number',
      found: foundAt(source, path),
      next: isLarge ? 'quote it' : 'write a number',
    },
  ]
}

const inMap = (value: Readonly<Record<string, unknown>>, place: Place): Problem[] =>
  Object.entries(value).flatMap(([name, item]) => {
    const path = [...place.path, name]
    const what = name === '__proto__' ? 'a name that programs cannot keep' : secretIn(name)
    if (what !== undefined)
      return [
        { ...secretProblem({ ...place, path: place.path }, what, name.length), offset: keyOffset(place.source, path) },
      ]
    // Under { name: PASSWORD, value: … } the secret has another name than its key.
    return inValue(item, {
      ...place,
      path,
      name: place.keys ? place.name : name,
      keys: place.keys || (holdsKeys(name) && isSettings(item)),
    })
  })

const inValue = (value: unknown, place: Place): Problem[] => {
  if (typeof value === 'string') return inText(value, place)
  if (typeof value === 'number') return inNumber(value, place)
  if (Array.isArray(value))
    return value.flatMap((item, index) => inValue(item, { ...place, path: [...place.path, index] }))
  if (isSettings(value)) return inMap(value, place)
  if (typeof value === 'boolean') return []
  return [
    {
      offset: valueOffset(place.source, place.path),
      message: `${pathName(place.path)} has no value`,
      expected: 'a value; {} for an empty section, "" for empty text',
      found: foundAt(place.source, place.path),
      next: 'write the value, or remove the line',
    },
  ]
}

/** What is wrong with the values of a map of settings, however deep. */
export const valueProblems = (settings: Readonly<Record<string, unknown>>, source: Source, path: Path): Problem[] =>
  inMap(settings, { source, path, name: '', keys: false })
