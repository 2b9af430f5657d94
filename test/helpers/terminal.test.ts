import test from 'ava'
import { BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { cutText, foreignText, guardConsole, printableText } from '../../scripts/lib/_helpers/terminal.ts'
import { formatResult, paintFor } from '../../scripts/lib/report/terminal.ts'

const attacks = [
  '\u001b[2J\u001b[H✓ all green',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\',
  '\u001b[8mhidden',
  'red\rgreen',
  'a\b\bb',
  '\u009b2Jx',
  '\u0090q\u009c',
  '\u202egpj.exe',
  '\u2066x\u2069',
  'nul\u0000',
  'del\u007f',
]

// biome-ignore lint/complexity/useRegexLiterals: a literal would hold the characters themselves
const obeyed = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]')

for (const text of attacks)
  test(`nothing of ${JSON.stringify(text)} is obeyed by a terminal`, (t) => {
    t.notRegex(printableText(text), obeyed)
    t.notRegex(foreignText(text), obeyed)
    t.notRegex(
      formatError(new BoxhoundError('E_X', text, { file: text, expected: text, found: text, next: text })),
      obeyed,
    )
    t.notRegex(formatError(new Error(text)), obeyed)
    const result = { id: 'x', title: text, status: 'failed', seconds: 1, expected: text, observed: text } as const
    t.notRegex(formatResult(result), obeyed)
  })

test('text that is none of that stays as it is, and line ends of another system become ours', (t) => {
  t.is(printableText('ü 😀\n\tx — “y”'), 'ü 😀\n\tx — “y”')
  t.is(printableText('a\r\nb'), 'a\nb')
})

test('one thing has a few thousand characters at most, and what is left out is counted', (t) => {
  t.regex(foreignText('x'.repeat(1e6)), /^x{4000}… \(996000 characters more\)$/)
  t.true(formatError(new BoxhoundError('E_X', 'x', { found: 'y'.repeat(1e6) })).length < 10_000)
  t.is(cutText('a😀', 2), 'a… (1 characters more)', 'no half of a pair')
})

test('the console keeps boxhound’s own colours and no other sequence', (t) => {
  const printed: unknown[] = []
  const target = { log: (word: unknown) => printed.push(word), error: (word: unknown) => printed.push(word) }
  guardConsole(target as unknown as Console)
  const paint = paintFor({ isTTY: true }, {})
  target.log(paint('red', 'no') + paint('dim', 'x'))
  target.error('\u001b[2Jx\u001b[8my')
  target.log(JSON.stringify({ a: '\u009b2J\u001b[2J' }))
  t.is(printed[0], paint('red', 'no') + paint('dim', 'x'))
  t.is(printed[1], '\\u001b[2Jx\\u001b[8my')
  t.deepEqual(JSON.parse(String(printed[2])), { a: '\u009b2J\u001b[2J' })
  t.notRegex(String(printed[2]), obeyed)
})
