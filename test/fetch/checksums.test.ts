import test from 'ava'
import fc from 'fast-check'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { checksumOf, parseChecksums } from '../../scripts/lib/fetch/checksums.ts'

const place = 'https://images.example/SHA256SUMS'
const [one, two] = ['1'.repeat(64), 'ab'.repeat(32)]

test('lines in text and binary mode, either end of line, upper-case digits', (t) => {
  const digests = parseChecksums(`${one} *a b.img\n${two.toUpperCase()}  c.img\r\n\n`, place)
  t.deepEqual(
    [...digests],
    [
      ['a b.img', one],
      ['c.img', two],
    ],
  )
  t.is(parseChecksums('', place).size, 0)
  t.deepEqual([...parseChecksums(`${one}   leading blank`, place).keys()], [' leading blank'])
})

test('every other line is refused, with its number', (t) => {
  for (const line of [
    `${one.slice(1)} *a.img`,
    `${one}1 *a.img`,
    `${one}*a.img`,
    `${one} a.img`,
    `${one} *`,
    `SHA256 (a.img) = ${one}`,
    `g${one.slice(1)}  a.img`,
    ` ${one}  a.img`,
    `${one}  a\0.img`,
    '<html>',
    '# comment',
  ]) {
    const error = t.throws(() => parseChecksums(`${two}  b.img\n${line}\n`, place), { instanceOf: BoxhoundError }, line)
    t.is(error.code, 'E_CHECKSUMS')
    t.is(error.details.line, 2)
    t.is(error.details.file, place)
  }
})

test('a name with escapes and a name that stands there twice are refused', (t) => {
  t.throws(() => parseChecksums(`\\${one}  a\\nb.img\n`, place), { message: /escapes/ })
  for (const second of [one, two])
    t.throws(() => parseChecksums(`${one}  a.img\n${second} *a.img\n`, place), { message: /twice/ })
})

test('a missing name is told, with names that are there', (t) => {
  const digests = parseChecksums(`${one}  ubuntu-arm64.img\n${two}  ubuntu.manifest\n`, place)
  t.is(checksumOf(digests, 'ubuntu-arm64.img', place), one)
  const error = t.throws(() => checksumOf(digests, 'ubuntu-amd64.img', place), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_CHECKSUMS_MISSING')
  t.is(error.details.found, '2 other names, such as ubuntu-arm64.img')
})

test('whatever sha256sum writes is read back, and any other text is refused or empty, never misread', (t) => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => !/[\r\n\0\\]/.test(text))
  const hex = fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
  const entry = fc.record({
    name,
    digest: hex.map((all) => all.join('')),
    mode: fc.constantFrom(' ', '*'),
    end: fc.constantFrom('\n', '\r\n'),
  })
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ name: text }) => text, maxLength: 8 }), (entries) => {
      const text = entries.map((line) => `${line.digest} ${line.mode}${line.name}${line.end}`).join('')
      t.deepEqual(
        [...parseChecksums(text, place)],
        entries.map((line) => [line.name, line.digest]),
      )
    }),
  )
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      try {
        t.is(parseChecksums(text, place).size, 0)
        t.regex(text, /^[\r\n]*$/)
      } catch (error) {
        t.true(error instanceof BoxhoundError)
      }
    }),
  )
})
