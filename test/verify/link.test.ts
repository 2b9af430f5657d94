import { PassThrough } from 'node:stream'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { openLink, sentError } from '../../scripts/lib/verify/link.ts'

test('a message is told once, whole, however its bytes arrive', (t) => {
  const stream = new PassThrough()
  const told: unknown[] = []
  openLink(stream, (message) => told.push(message))
  const bytes = Buffer.from(`${JSON.stringify({ text: 'line\nbreak, é, 🐕' })}\n{"n":2}\n{"n":`)
  for (const byte of bytes) stream.write(Buffer.of(byte))
  t.deepEqual(told, [{ text: 'line\nbreak, é, 🐕' }, { n: 2 }])
})

test('what one side sends the other is told', async (t) => {
  const stream = new PassThrough()
  const told: unknown[] = []
  const link = openLink(stream, (message) => told.push(message))
  link.send({ a: 'x\ny' })
  link.send({ b: 1 })
  await link.end()
  t.deepEqual(told, [{ a: 'x\ny' }, { b: 1 }])
})

test('an error crosses with its code, words and details, without its cause', (t) => {
  const error = new BoxhoundError('E_SSH_LOST', 'gone', { found: 'nothing', cause: new Error('secret') })
  t.deepEqual(sentError(error), { code: 'E_SSH_LOST', message: 'gone', details: { found: 'nothing' } })
  t.like(sentError(new TypeError('odd')), { code: 'E_SUITE' })
})
