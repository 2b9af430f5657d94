import test from 'ava'
import fc from 'fast-check'
import { apt } from '../../../scripts/lib/render/escapers/apt.ts'
import { languageOf } from '../../../scripts/lib/render/language.ts'

test('the addresses and words of a source line stay as they are', (t) => {
  for (const word of ['https://apt.datadoghq.com/', 'stable', '7']) t.is(apt(word), word)
  t.is(apt(7), '7')
})

test('what could end a word, a line, the options or begin a comment is refused', (t) => {
  for (const word of ['', 'a b', 'a\tb', 'a\nb', '[trusted=yes]', 'a]', '#a', 'a"', "a'", 'a\\', 'ä', 'a\0'])
    t.throws(() => apt(word), { instanceOf: RangeError }, JSON.stringify(word))
})

test('whatever is taken is one word of one line', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        return /^\S+$/.test(apt(text)) && !/[[\]#]/.test(text)
      } catch (error) {
        return error instanceof RangeError
      }
    }),
  )
  t.pass()
})

test('source lists are that language, deb822 and preferences are not', (t) => {
  for (const path of ['etc/apt/sources.list', 'etc/apt/sources.list.d/datadog.list']) t.is(languageOf(path), 'apt')
  for (const path of ['etc/apt/sources.list.d/debian.sources', 'etc/apt/preferences.d/x'])
    t.is(languageOf(path), 'text')
})
