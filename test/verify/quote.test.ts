import { execFileSync } from 'node:child_process'
import test from 'ava'
import fc from 'fast-check'
import { quoteCommand } from '../../scripts/lib/verify/quote.ts'

test('words come back byte for byte from the real shell', (t) => {
  const words = fc.array(
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(words, (list) => {
      const safe = list.map((word) => Buffer.from(word, 'utf8').toString('utf8'))
      const output = execFileSync('sh', ['-c', quoteCommand(['printf', '%s\\0', ...safe])], { encoding: 'utf8' })
      return output === `${safe.join('\0')}\0`
    }),
    { numRuns: 100 },
  )
  t.pass()
})

test('fault 16: nothing in a word is run', (t) => {
  t.is(quoteCommand(['echo', '$(id)', "it's", '']), `echo '$(id)' 'it'\\''s' ''`)
})

test('fault 10: a NUL is refused', (t) => {
  t.throws(() => quoteCommand(['a\0b']), { code: 'E_NUL' })
})
