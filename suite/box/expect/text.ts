import type { TextRule } from '../../../scripts/lib/box/expected.ts'
import { matches, patternDeadline } from '../../../scripts/lib/box/pattern.ts'

const shown = (text: string): string => {
  const whole = text.trimEnd()
  return JSON.stringify(whole.length > 300 ? `${whole.slice(0, 300)}…` : whole)
}

/** Without the line breaks at its end, which no command leaves out. */
const bare = (text: string): string => text.replace(/[\r\n]+$/, '')

/** A number alone, as programs print it. */
const numberIn = (text: string): number | undefined =>
  /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text.trim()) ? Number(text.trim()) : undefined

const patternProblems = (name: string, pattern: string, text: string): string[] => {
  const found = matches(pattern, text, process.cpuUsage, true)
  if (found === 'slow')
    return [`${name}: the pattern ${pattern} did not finish within ${patternDeadline} ms: simplify it`]
  return found ? [] : [`${name} does not match ${pattern}: ${shown(text)}`]
}

const boundProblems = (name: string, { min, max }: TextRule, text: string): string[] => {
  if (min === undefined && max === undefined) return []
  const value = numberIn(text)
  if (value === undefined) return [`${name} is no number: ${shown(text)}`]
  return [
    ...(min !== undefined && value < min ? [`${name} is ${value}, below ${min}`] : []),
    ...(max !== undefined && value > max ? [`${name} is ${value}, above ${max}`] : []),
  ]
}

/** What is wrong with a text; `name` says which one it is, such as `stdout`. */
export const textProblems = (name: string, rule: TextRule | undefined, text: string): string[] => {
  if (rule === undefined) return []
  const { text: whole, contains = [], lacks = [], pattern } = rule
  return [
    ...(whole === undefined || bare(text) === bare(whole) ? [] : [`${name} is ${shown(text)}, not ${shown(whole)}`]),
    ...contains.filter((part) => !text.includes(part)).map((part) => `${name} lacks ${shown(part)}: ${shown(text)}`),
    ...lacks.filter((part) => text.includes(part)).map((part) => `${name} contains ${shown(part)}`),
    ...(pattern === undefined ? [] : patternProblems(name, pattern, text)),
    ...boundProblems(name, rule, text),
  ]
}

/** The rule in words. */
export const textWords = (name: string, rule: TextRule | undefined): string[] => {
  if (rule === undefined) return []
  const { text, contains = [], lacks = [], pattern, min, max } = rule
  return [
    ...(text === undefined ? [] : [`${name} is ${shown(text)}`]),
    ...contains.map((part) => `${name} contains ${shown(part)}`),
    ...lacks.map((part) => `${name} lacks ${shown(part)}`),
    ...(pattern === undefined ? [] : [`${name} matches ${pattern}`]),
    ...(min === undefined ? [] : [`${name} is at least ${min}`]),
    ...(max === undefined ? [] : [`${name} is at most ${max}`]),
  ]
}
