import test from 'ava'
import { documentIn, parseForeign } from '../../scripts/lib/_helpers/json.ts'

const floods: Readonly<Record<string, string>> = {
  'opened lists': '['.repeat(40_000),
  'opened maps': '{"a":'.repeat(40_000),
  'opened lists of numbers': '[1,'.repeat(40_000),
  'empty lists and a word': `${'[]'.repeat(40_000)} x`,
  'a list that never ends': `[${'{},'.repeat(400_000)}`,
  'lists behind each other': `${'[[1],'.repeat(100)}${'[2],'.repeat(400_000)}`,
  'closed lists, deep': `${'['.repeat(40_000)}${']'.repeat(40_000)}`,
  'texts that never end': '["'.repeat(40_000),
}

for (const [what, text] of Object.entries(floods))
  test(`${what}: no document, and no long search`, (t) => {
    const begin = performance.now()
    t.is(documentIn(text), undefined)
    // It was half a minute and more. No measure of speed: the search either walks a few times over the text or thousands of times.
    t.true(performance.now() - begin < 5000)
  })

test('a document behind brackets of other text is found', (t) => {
  t.deepEqual(documentIn('[INFO] {x} [1, 2\n{"a": ["]", "\\""]}\n'), { a: [']', '"'] })
  t.deepEqual(documentIn(`${'[x] '.repeat(1000)}[{"a": 1}]`), [{ a: 1 }])
})

test('what somebody else has written is parsed to a depth that is meant', (t) => {
  t.deepEqual(parseForeign(' {"a": [1]} '), { a: [1] })
  t.is(parseForeign('"["'), '[')
  for (const text of ['', '[', 'x', '['.repeat(200) + ']'.repeat(200)])
    t.throws(() => parseForeign(text), { instanceOf: SyntaxError })
})
