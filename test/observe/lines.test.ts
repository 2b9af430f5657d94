import test from 'ava'
import { fieldsLines, shownValue } from '../../scripts/lib/observe/field-lines.ts'
import type { Json } from '../../scripts/lib/observe/json-object.ts'
import { lineDifference } from '../../scripts/lib/observe/lines.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'

const shown = (from: Json | undefined, to: Json | undefined, width = 80): string[] =>
  fieldsLines([{ path: 'message', from, to }], plain, width).map((line) => line.trimEnd())

const text = (...lines: string[]): string => lines.join('\n')

test('of a text of several lines only what changed is shown, with a line around it', (t) => {
  const before = text('{{#is_alert}}', 'too high', 'call @a', '{{/is_alert}}', '{{#is_warning}}', 'rather high', 'end')
  const after = text('{{#is_alert}}', 'too high', 'call @b', '{{/is_alert}}', '{{#is_warning}}', 'rather high', 'end')
  t.deepEqual(shown(before, after), [
    '        message',
    '            …',
    '            too high',
    '          - call @a',
    '          + call @b',
    '            {{/is_alert}}',
    '            …',
  ])
})

test('lines that came in two places are shown at both, and what stands between is not', (t) => {
  const lines = lineDifference(text('a', 'b', 'c', 'd', 'e', 'f'), text('a', 'X', 'b', 'c', 'd', 'e', 'Y', 'f'))
  t.deepEqual(
    lines.map(({ mark, text }) => `${mark}${text}`),
    [' a', '+X', ' b', '…', ' e', '+Y', ' f'],
  )
})

test('a text of many lines is told, too', (t) => {
  const many = Array.from({ length: 3000 }, (_, index) => `line ${index}`)
  const lines = lineDifference(text('a', ...many, 'b', 'z'), text('a', ...many, 'c', 'z'))
  t.deepEqual(
    lines.map(({ mark }) => mark),
    ['…', ' ', '-', '+', ' '],
  )
  const turned = lineDifference(text(...many), text(...many.toReversed()), 3000)
  t.deepEqual(
    turned.filter(({ mark }) => mark !== '-').map((line) => line.text),
    many.toReversed(),
  )
})

const long = 'x'.repeat(300)
const pairs: readonly [title: string, from: Json, to: Json][] = [
  ['at their end', `${long}a`, `${long}b`],
  ['in the middle', `${long}a${long}`, `${long}b${long}`],
  ['in their length', long, `${long}x`],
  ['in a blank at the end of a line', 'one\ntwo', 'one\ntwo '],
  ['in the kind of a blank', 'one two', 'one\u00a0two'],
  ['in a sign that nobody sees', 'one', 'o\u200bne'],
  ['in the end of long lines', `${long}a\n${long}b\nc`, `${long}d\nc`],
  ['in the end of long lists', { list: [long, 1] }, [long, 2]],
  ['in all but the title', 'hello', { title: 'hello' }],
]

for (const [title, from, to] of pairs)
  for (const width of [40, 100])
    test(`two values that differ ${title} never read the same, at ${width} columns`, (t) => {
      const lines = shown(from, to, width)
      const words = (mark: string): string[] =>
        lines.filter((line) => line.startsWith(`          ${mark} `)).map((line) => line.slice(12))
      const [inline] = lines.filter((line) => line.includes(' → '))
      const [old, fresh] =
        inline === undefined ? [words('-'), words('+')] : inline.replace(/^ +message +/, '').split(' → ')
      t.notDeepEqual(old, fresh, lines.join('\n'))
      for (const one of [old, fresh].flat())
        if (inline === undefined) t.is([old, fresh].flat().filter((other) => other === one).length, 1, one)
    })

test('short values stand on one line, paths in a column', (t) => {
  const fields = [
    { path: 'priority', from: 1, to: 2 },
    { path: 'options.no_data_timeframe', from: 60, to: undefined },
    { path: 'widgets[2]', from: { title: 'a' }, to: { title: 'a' }, movedFrom: 'widgets[4]' },
  ]
  t.deepEqual(fieldsLines(fields, plain, 80), [
    '        priority                   1 → 2',
    '        options.no_data_timeframe  - 60',
    '        widgets[2]                 "a" moved, was place 5',
  ])
})

test('a value is shown on one line, a widget by its title', (t) => {
  t.is(shownValue({ definition: { type: 'note', title: 'hello' } }), '"hello"')
  t.is(shownValue(undefined), '(nothing)')
  t.is(shownValue('x'.repeat(100), 10), `"${'x'.repeat(8)}…`)
})
