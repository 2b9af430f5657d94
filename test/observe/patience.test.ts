import test from 'ava'
import { openClient } from '../../scripts/lib/fetch/client.ts'
import { failureOf } from '../../scripts/lib/fetch/failure.ts'
import { isUnsure, patiently } from '../../scripts/lib/observe/account/patience.ts'
import { noted } from './_observe.ts'

const failure = (syscall: string): Promise<unknown> =>
  failureOf(
    Object.assign(new Error(`${syscall} ETIMEDOUT`), { code: 'ETIMEDOUT', syscall }),
    new URL('https://api.datadoghq.com/api/v2/downtime'),
    openClient({}),
  )

/** How often work that always fails like this is tried when it may not be done twice. */
const triesOf = async (syscall: string): Promise<number> => {
  let tries = 0
  await patiently(noted().patience, { repeatable: false, tell: () => {} }, async () => {
    tries++
    throw await failure(syscall)
  }).catch(() => {})
  return tries
}

test('a POST is sent again when no connection came about, and not when an open one timed out', async (t) => {
  t.is(await triesOf('connect'), noted().patience.tries)
  t.is(await triesOf('read'), 1)
  t.is(await triesOf('write'), 1)
  t.true(isUnsure(await failure('read')))
  t.false(isUnsure(await failure('connect')))
})
