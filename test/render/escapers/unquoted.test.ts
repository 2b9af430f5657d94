import test from 'ava'
import fc from 'fast-check'
import { apt } from '../../../scripts/lib/render/escapers/unquoted.ts'
import { languageOf, withBanner } from '../../../scripts/lib/render/language.ts'
import { output, refused, render, runs, values } from '../_render.ts'

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

const template =
  '<?xml version="1.0" encoding="UTF-8"?>\n<all>{{#each all}}<v a="{{this}}">{{this}}</v>{{/each}}</all>\n'

// Not JSON by its default: what is no ASCII would come back in escapes of another language.
const parser = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
sys.stdout.buffer.write(json.dumps([[v.get('a'), v.text or ''] for v in root], ensure_ascii=False).encode())
`

/** Attribute and text of each value, as Python's XML parser (expat) reads them. */
const throughParser = (all: readonly string[]): unknown =>
  JSON.parse(output('python3', ['-c', parser], render(template, { all }, 'xml')).toString('utf8'))

const impossible = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

test('fault 16: any value that XML can hold comes back byte for byte, as text and as an attribute', (t) => {
  fc.assert(
    fc.property(values, (any) => {
      const all = any.map((value) => value.replaceAll(impossible, ''))
      t.deepEqual(
        throughParser(all),
        all.map((value) => [value, value]),
      )
    }),
    runs,
  )
})

test('what would end an element, an attribute or a section stays a part of the value', (t) => {
  const all = [
    ']]>',
    '</v><v>',
    '" b="',
    "' b='",
    '&amp;',
    '&#10;',
    '<!-- -->',
    ' a\tb\r\nc ',
    '\u0085\u2028\ufeff',
    '😀',
  ]
  t.deepEqual(
    throughParser(all),
    all.map((value) => [value, value]),
  )
})

test('numbers and booleans are written as they are', (t) => {
  t.is(render('<a b="{{n}}">{{x}}</a>', { n: 2048, x: true }, 'xml'), '<a b="2048">true</a>')
})

test('a character that XML 1.0 cannot hold is refused', (t) => {
  for (const a of ['\0', '\u0001', '\u000b', '\u001b[1m', '\ufffe', '\uffff', '\ud83d'])
    refused(t, '<a>{{a}}</a>', { a }, 'xml')
})

for (const where of [
  '<{{a}}>',
  '<a {{a}}="x">',
  '<a b={{a}}>',
  '<a b="x" {{a}}>',
  '<!-- {{a}} -->',
  '<![CDATA[{{a}}]]>',
])
  test(`a value at ${where} is refused`, (t) => {
    t.regex(refused(t, where, { a: 'x' }, 'xml').message, /cannot be written here/)
  })

for (const [where, expected] of [
  ['<a b=\'{{a}}\' c="{{a}}"/>', '<a b=\'x\' c="x"/>'],
  ["<a>it's {{a}}, # {{a}}</a>", "<a>it's x, # x</a>"],
  ['<!-- a --><b>{{a}}</b>', '<!-- a --><b>x</b>'],
] as const)
  test(`a value at ${where} is taken`, (t) => t.is(render(where, { a: 'x' }, 'xml'), expected))

test('files by their endings, with a banner behind the declaration', (t) => {
  for (const path of ['box.ovf', 'a/b.xml', 'b.xml.in']) t.is(languageOf(path), 'xml')
  const banner = '<!-- rendered from p/box.ovf.hbs, do not edit -->\n'
  t.is(
    withBanner('<?xml version="1.0"?>\n<a/>\n', 'box.ovf', 'xml', 'p/box.ovf.hbs'),
    `<?xml version="1.0"?>\n${banner}<a/>\n`,
  )
  t.is(withBanner('<a/>\n', 'a.xml', 'xml', 'p/box.ovf.hbs'), `${banner}<a/>\n`)
})
