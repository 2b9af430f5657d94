// The zod schema of what a text must be like: output, a body, a header, a version.

import * as z from 'zod'
import type { TextRule } from './expected.ts'
import { isPattern } from './pattern.ts'

const some = z.string('text').min(1, 'text that is not empty')
const several = z.union(
  [some, z.array(some, 'a list of texts').min(1, 'at least one text')],
  'text, or a list of texts',
)

/** Parts of a rule about any text. */
export const textKeys = {
  text: z
    .string('text in quotes')
    .optional()
    .meta({ description: 'The whole text, line breaks at its end aside', examples: ['ok'] }),
  contains: several
    .optional()
    .meta({ description: 'Text, or a list of texts, that must be in it', examples: ['Welcome'] }),
  lacks: several
    .optional()
    .meta({ description: 'Text, or a list of texts, that must not be in it', examples: [['error', 'warning']] }),
  pattern: some
    .refine(isPattern, 'a valid regular expression')
    .optional()
    .meta({
      description: 'A regular expression that must match; ^ and $ are the ends of a line',
      examples: ['^ready in [0-9]+ ms$'],
    }),
}

const number = z.number('a number').optional()

const map = z
  .strictObject({
    ...textKeys,
    min: number.meta({ description: 'The text is a number, and at least this', examples: [1] }),
    max: number.meta({ description: 'The text is a number, and at most this', examples: [100] }),
  })
  // An unknown key is told by itself.
  .refine((value) => Object.values(value).some((part) => part !== undefined), {
    error: 'at least one of text, contains, lacks, pattern, min, max',
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min no higher than max')

const expected = 'text, or a map with text, contains, lacks, pattern, min or max'

/** What a text must be like; a text alone is the whole of it. */
export const textRule = z.union([z.string(expected), map], expected)

type Given = Partial<Record<'text' | 'pattern', string | undefined>> &
  Partial<Record<'contains' | 'lacks', string | string[] | undefined>> &
  Partial<Record<'min' | 'max', number | undefined>>

const listOf = (given: string | string[]): string[] => (typeof given === 'string' ? [given] : given)

/** The rule that was written; undefined if none of its parts was. */
export const ruleOf = (given: string | Given | undefined): TextRule | undefined => {
  if (given === undefined) return undefined
  if (typeof given === 'string') return { text: given }
  const { text, contains, lacks, pattern, min, max } = given
  const rule: TextRule = {
    ...(text === undefined ? {} : { text }),
    ...(contains === undefined ? {} : { contains: listOf(contains) }),
    ...(lacks === undefined ? {} : { lacks: listOf(lacks) }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  }
  return Object.keys(rule).length === 0 ? undefined : rule
}
