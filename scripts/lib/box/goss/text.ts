// Goss' matchers of texts and numbers, as rules of boxhound's.

import { isObject } from '../../_helpers/json.ts'
import type { Range, TextRule } from '../expected.ts'
import { isPattern } from '../pattern.ts'

/** Parts of Go's expressions that JavaScript doesn't have, or reads in another way. */
const onlyGo = /\(\?(?![:=!<])|\(\?P<|\\[AzQEC]|\[\[:|\\p[A-Z]/

const expressionOf = (text: string): string | undefined => (onlyGo.test(text) || !isPattern(text) ? undefined : text)

const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** What a list of matchers wants: texts that are there or not, and expressions that match a line or none. */
interface Wanted {
  readonly contains: string[]
  readonly lacks: string[]
  readonly matching: string[]
  readonly none: string[]
}

/** Adds one pattern: `foo`, `!foo`, `\!foo`, `/foo/` or `!/foo/`; false for an expression that only Go has. */
const addPattern = (text: string, to: Wanted): boolean => {
  const isNot = text.startsWith('!')
  const bare = isNot ? text.slice(1) : text.replace(/^\\([!/])/, '$1')
  const expression = bare.length > 2 && bare.startsWith('/') && bare.endsWith('/') ? bare.slice(1, -1) : undefined
  const plain = bare.replace(/^\\\//, '/')
  if (expression === undefined || text.startsWith('\\')) {
    ;(isNot ? to.lacks : to.contains).push(plain)
    return true
  }
  const own = expressionOf(expression)
  if (own === undefined) return false
  ;(isNot ? to.none : to.matching).push(own)
  return true
}

const start = '(?<![\\s\\S])'

const ruleOf = ({ contains, lacks, matching, none }: Wanted): TextRule => {
  const ahead = [...matching.map((one) => `(?=[\\s\\S]*?(?:${one}))`), ...none.map((one) => `(?![\\s\\S]*?(?:${one}))`)]
  const [only] = matching
  const pattern = only !== undefined && ahead.length === 1 ? only : `${start}${ahead.join('')}`
  return {
    ...(contains.length === 0 ? {} : { contains }),
    ...(lacks.length === 0 ? {} : { lacks }),
    ...(ahead.length === 0 ? {} : { pattern }),
  }
}

const nothing = (): Wanted => ({ contains: [], lacks: [], matching: [], none: [] })

/** Two rules that must both hold; undefined where a rule of ours can't say both. */
const both = (a: TextRule, b: TextRule): TextRule | undefined => {
  const twice = (['text', 'pattern', 'min', 'max'] as const).some((key) => a[key] !== undefined && b[key] !== undefined)
  if (twice) return undefined
  const contains = [...(a.contains ?? []), ...(b.contains ?? [])]
  const lacks = [...(a.lacks ?? []), ...(b.lacks ?? [])]
  return {
    ...a,
    ...b,
    ...(contains.length === 0 ? {} : { contains }),
    ...(lacks.length === 0 ? {} : { lacks }),
  }
}

const all = (rules: readonly (TextRule | undefined)[]): TextRule | undefined =>
  rules.reduce<TextRule | undefined>(
    (sum, rule) => (sum === undefined || rule === undefined ? undefined : both(sum, rule)),
    {},
  )

const ofMatcher = (name: string, value: unknown): TextRule | undefined => {
  if (name === 'and' && Array.isArray(value)) return all(value.map(textOf))
  if (name === 'ge' && typeof value === 'number') return { min: value }
  if (name === 'le' && typeof value === 'number') return { max: value }
  if ((name === 'contain-elements' || name === 'equal') && Array.isArray(value))
    return name === 'equal' ? undefined : textOf(value)
  if (name === 'not') {
    if (!isObject(value)) return undefined
    const [key, ...more] = Object.keys(value)
    const text = value[key ?? '']
    const isPart = key === 'contain-substring' || key === 'contain-element'
    return isPart && more.length === 0 && typeof text === 'string' ? { lacks: [text] } : undefined
  }
  if (typeof value !== 'string') return undefined
  if (name === 'equal') return { text: value }
  if (name === 'contain-substring' || name === 'contain-element') return { contains: [value] }
  if (name === 'have-prefix') return { pattern: `${start}${literal(value)}` }
  if (name === 'have-suffix') return { pattern: `${literal(value)}[\\r\\n]*(?![\\s\\S])` }
  const expression = name === 'match-regexp' ? expressionOf(value) : undefined
  return expression === undefined ? undefined : { pattern: expression }
}

/** A rule for a matcher of goss; undefined where there is none. */
export const textOf = (matcher: unknown): TextRule | undefined => {
  if (typeof matcher === 'string') return { text: matcher }
  if (typeof matcher === 'number') return { min: matcher, max: matcher }
  if (Array.isArray(matcher)) {
    const wanted = nothing()
    const isKnown = matcher.every((one) => typeof one === 'string' && addPattern(one, wanted))
    return isKnown ? ruleOf(wanted) : undefined
  }
  return isObject(matcher) ? all(Object.entries(matcher).map(([name, value]) => ofMatcher(name, value))) : undefined
}

/** Bounds for a matcher of a number; undefined where there are none. */
export const rangeOf = (matcher: unknown): Range | undefined => {
  const { min, max, ...rest } = typeof matcher === 'string' ? { rest: matcher } : (textOf(matcher) ?? { rest: '' })
  if (Object.keys(rest).length > 0 || (min === undefined && max === undefined)) return undefined
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}
