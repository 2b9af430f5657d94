import test from 'ava'
import type { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { openClient } from '../../scripts/lib/fetch/client.ts'
import { failureOf } from '../../scripts/lib/fetch/failure.ts'

/** An error as Node makes it when a call of the system fails. */
const failed = (code: string, syscall?: string): Error =>
  Object.assign(new Error(`${syscall ?? ''} ${code}`), { code, ...(syscall === undefined ? {} : { syscall }) })

/** Several addresses of one host that failed each in its own way. */
const joined = (...errors: Error[]): Error =>
  Object.assign(new AggregateError(errors), { code: errors[0] && 'code' in errors[0] ? errors[0].code : '' })

const codeFor = async (error: Error): Promise<string> => {
  const told = (await failureOf(error, new URL('http://example.org/a'), openClient({}))) as BoxhoundError
  return told.code
}

const unsent: readonly [title: string, error: Error][] = [
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'].map((code): [string, Error] => [
    code,
    failed(code, 'connect'),
  ]),
  ['a name server that does not answer', failed('EAI_AGAIN', 'getaddrinfo')],
  ['each address of a host', joined(failed('ETIMEDOUT', 'connect'), failed('ENETUNREACH', 'connect'))],
]

for (const [title, error] of unsent)
  test(`no connection came about, so nothing was sent: ${title}`, async (t) => {
    t.is(await codeFor(error), 'E_FETCH_CONNECT')
  })

const lost: readonly [title: string, error: Error][] = [
  ...['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET', 'EPIPE'].flatMap((code): [string, Error][] => [
    [`read ${code}`, failed(code, 'read')],
    [`write ${code}`, failed(code, 'write')],
  ]),
  ['a call that nobody names', failed('ETIMEDOUT')],
  ['one of several', joined(failed('ETIMEDOUT', 'connect'), failed('ETIMEDOUT', 'read'))],
]

for (const [title, error] of lost)
  test(`an open connection broke, so it may have been carried out: ${title}`, async (t) => {
    t.is(await codeFor(error), 'E_FETCH_LOST')
  })
