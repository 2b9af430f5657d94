import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { assertAnswer } from '../../scripts/lib/observe/account/answer.ts'
import type { Change } from '../../scripts/lib/observe/changes.ts'
import { exact, printable, printableError } from '../../scripts/lib/observe/printable.ts'
import { doneLine, planText } from '../../scripts/lib/observe/terminal.ts'
import { plain } from '../../scripts/lib/report/terminal.ts'

/** Escape sequences of both sets, an override of the direction, a line break of Unicode, half a character. */
const evil = 'a\u001b[31mb\u009b2Jc\u202ed\u2028e\r\nf\u0000\ud800'
const raw = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

test('what a terminal would obey, or nobody sees, is shown as an escape', (t) => {
  t.is(printable(evil), 'a\\u001b[31mb\\u009b2Jc\\u202ed\\u2028e\\r\\nf\\u0000\\ud800')
  t.is(printable('\u{e0041}'), '\\u{e0041}')
  t.is(printable('Mémoire — “ok” 🐕'), 'Mémoire — “ok” 🐕')
})

test('a long text is cut, and never within a character', (t) => {
  t.is(printable('🐕'.repeat(10), 5), '🐕🐕🐕🐕…')
  t.is(printable('12345', 5), '12345')
})

test('blanks at the end of a line, and other blanks, can be told from each other', (t) => {
  t.is(exact('a  '), 'a··')
  t.is(exact('a\u00a0b'), 'a\\u00a0b')
})

test('nothing of the account reaches the terminal as it is: titles, names, ids, fields, errors', (t) => {
  const change: Change = {
    action: 'change',
    kind: 'monitor',
    name: evil,
    id: evil,
    reason: 'edited by hand',
    kept: [],
    bridge: null,
    drift: true,
    wanted: null,
    live: {
      kind: 'monitor',
      id: evil,
      marker: { box: 'lab', name: evil, applied: '' },
      created: '',
      wire: { name: `${evil}${'x'.repeat(500)}` },
    },
    fields: [
      { path: `options.${evil}`, from: evil, to: 'b' },
      { path: 'message', from: `${evil}\nsecond`, to: 'b\nsecond' },
      { path: 'widgets[0]', from: { title: evil }, to: undefined },
      { path: 'widgets[1]', from: { title: evil }, to: { title: evil }, movedFrom: `${evil}[2]` },
    ],
  }
  const lines = planText({ changes: [change] }, plain).split('\n')
  for (const line of [...lines, doneLine(change, evil, plain)]) t.notRegex(line, raw)
  t.true((lines[0]?.length ?? 0) <= 160)
  const error = t.throws<BoxhoundError>(() =>
    assertAnswer({ status: 400, headers: {}, text: JSON.stringify({ errors: [evil] }) }, 'GET /', (text) => text),
  )
  t.notRegex(error?.details.found ?? '', raw)
  const shown = printableError(new BoxhoundError('E_X', evil, { found: `done:\n${evil}`, exitCode: 2 }))
  t.true(shown instanceof BoxhoundError)
  if (!(shown instanceof BoxhoundError)) return
  t.notRegex(shown.message.replaceAll('\n', ''), raw)
  t.regex(shown.details.found ?? '', /^done:\na\\u001b/)
  t.is(shown.exitCode, 2)
})
