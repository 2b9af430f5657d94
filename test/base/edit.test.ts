import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import { withImage } from '../../scripts/lib/base/edit.ts'

const [old, fresh] = ['1a'.repeat(32), '2b'.repeat(32)]
const values = { image: 'https://h/release-20260801/u.img', sha256: fresh }
const edit = (text: string): string => withImage(text, values, 'box.yaml')

test('two values change and nothing else: comments, quotes, order, blanks, ends of line, an anchor', (t) => {
  const cases: [before: string, after: string][] = [
    [
      `# head\nbox: x\nbase:\n  # why\n  image:   https://h/old.img   # where\n  sha256: ${old}\n\n  system: s # tail\nlast: 1`,
      `# head\nbox: x\nbase:\n  # why\n  image:   ${values.image}   # where\n  sha256: ${fresh}\n\n  system: s # tail\nlast: 1`,
    ],
    [
      `base: { sha256: "${old}", system: s, image: 'https://h/old.img' } # flow\r\nbox: x\r\n`,
      `base: { sha256: "${fresh}", system: s, image: '${values.image}' } # flow\r\nbox: x\r\n`,
    ],
    [
      `{"base":{"image":"a","sha256":"b"},"box":"x"}`,
      `{"base":{"image":"${values.image}","sha256":"${fresh}"},"box":"x"}`,
    ],
    [
      `base:\n    image:\n        old.img\n    sha256: ${old}`,
      `base:\n    image:\n        ${values.image}\n    sha256: ${fresh}`,
    ],
    [`\uFEFFbase:\n  image: a\n  sha256: b\n`, `\uFEFFbase:\n  image: ${values.image}\n  sha256: ${fresh}\n`],
    [
      `base:\n  image: a\n  sha256: b\nimage: a\nsha256: b\n`,
      `base:\n  image: ${values.image}\n  sha256: ${fresh}\nimage: a\nsha256: b\n`,
    ],
  ]
  for (const [before, after] of cases) t.is(edit(before), after)
})

test('a value that YAML would read as something else is quoted', (t) => {
  const digest = `${'1'.repeat(31)}e${'2'.repeat(32)}`
  for (const sha256 of ['1'.repeat(64), digest, '0'.repeat(64)]) {
    const text = withImage('base: { image: a, sha256: b }\n', { image: 'https://h/a,b[1].img', sha256 }, 'box.yaml')
    t.deepEqual(parse(text), { base: { image: 'https://h/a,b[1].img', sha256 } })
  }
})

test('values that do not stand there as one line of text are refused', (t) => {
  for (const text of [
    'base: { image: a }\n',
    'box: x\n',
    'base:\n  image: >-\n    https://h/\n    old.img\n  sha256: b\n',
    'base:\n  image: "https://h/\\\n    old.img"\n  sha256: b\n',
    'base: { image: [a], sha256: b }\n',
  ])
    t.throws(() => edit(text), { code: 'E_BOX_EDIT' }, text)
})

/** A comment or nothing, blanks, quotes: what people put around a value. */
const style = fc.record({
  indent: fc.constantFrom('  ', '    ', ' '),
  space: fc.constantFrom(' ', '   '),
  quote: fc.constantFrom('', '"', "'"),
  comment: fc.constantFrom('', ' # why', '  # : "odd" {'),
  end: fc.constantFrom('\n', '\r\n'),
  above: fc.constantFrom('', '# above\n', '\n', 'other: { image: a, sha256: b } # not this one\n'),
  below: fc.constantFrom('', 'tail: [1, "x"] # last\n', '\n\n# end'),
  swapped: fc.boolean(),
})
const word = fc.stringMatching(/^https:\/\/[a-z]{1,9}\.example\/[A-Za-z0-9._~%+:@,()[\]{}#?&=-]{0,30}$/)
const hex = fc.stringMatching(/^[0-9a-f]{64}$/)

test('whatever a file looks like, it reads the same afterwards but for the two values, and going back gives the old text', (t) => {
  fc.assert(
    fc.property(style, word, hex, word, hex, (look, image, sha256, nextImage, nextSha) => {
      const plain = /^https:[A-Za-z0-9/._-]*$/.test(image) && !/^[0-9]+(e[0-9]+)?$/.test(sha256)
      const quote = plain ? look.quote : '"'
      const line = (key: string, value: string): string =>
        `${look.indent}${key}:${look.space}${quote}${value}${quote}${look.comment}${look.end}`
      const lines = [line('image', image), line('sha256', sha256), `${look.indent}system: s${look.end}`]
      const text = `${look.above}base:${look.end}${(look.swapped ? lines.reverse() : lines).join('')}${look.below}`
      const edited = withImage(text, { image: nextImage, sha256: nextSha }, 'box.yaml')
      const [before, after] = [parse(text), parse(edited)]
      t.deepEqual(after, { ...before, base: { ...before.base, image: nextImage, sha256: nextSha } })
      const strip = (all: string, ...parts: string[]): string =>
        parts.reduce((rest, part) => rest.replace(part, ''), all)
      t.is(strip(edited, nextImage, nextSha).replace(/"/g, ''), strip(text, image, sha256).replace(/"/g, ''))
      if (quote !== '') t.is(withImage(edited, { image, sha256 }, 'box.yaml'), text)
    }),
    { numRuns: 300 },
  )
})
