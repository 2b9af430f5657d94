// A response, or the error that it stands for.

import { BoxhoundError } from '../../_helpers/errors.ts'
import { isObject, listOf, textOf } from '../../_helpers/json.ts'
import { printable } from '../printable.ts'

/** A complete response. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Error codes by status; any other status is E_ACCOUNT_STATUS. */
const codes: Readonly<Record<number, string>> = {
  400: 'E_ACCOUNT_INVALID',
  401: 'E_ACCOUNT_FORBIDDEN',
  403: 'E_ACCOUNT_FORBIDDEN',
  404: 'E_ACCOUNT_GONE',
  408: 'E_ACCOUNT_SERVER',
  409: 'E_ACCOUNT_CONFLICT',
  422: 'E_ACCOUNT_INVALID',
  429: 'E_ACCOUNT_LIMIT',
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The errors listed in a response: texts in v1, texts or `{title, detail}` in v2. */
export const errorsIn = (text: string): string[] => {
  if (!isJson(text)) return []
  const body: unknown = JSON.parse(text)
  if (!isObject(body)) return []
  return listOf(body.errors)
    .map((one) => (isObject(one) ? [one.title, one.detail].map(textOf).filter(Boolean).join(': ') : textOf(one)))
    .filter((one) => one !== '')
}

const messages: Readonly<Record<string, string>> = {
  E_ACCOUNT_INVALID: 'the account does not take it',
  E_ACCOUNT_FORBIDDEN: 'the account does not allow it',
  E_ACCOUNT_GONE: 'not found in the account',
  E_ACCOUNT_CONFLICT: 'something in the account stands against it',
  E_ACCOUNT_LIMIT: 'the account takes no more requests now',
  E_ACCOUNT_SERVER: 'the account’s server cannot serve it now',
  E_ACCOUNT_STATUS: 'the account answered in a way that nobody expects',
}

/**
 * Throws unless the response is valid: a status below 300 and, if there is a body, JSON.
 *
 * @param request e.g. `POST /api/v1/monitor`.
 * @param redact removes keys from the server's text, which may repeat what it was sent.
 * @throws BoxhoundError E_ACCOUNT_…; E_ACCOUNT_BROKEN for a truncated body.
 */
export const assertAnswer = ({ status, text }: Answer, request: string, redact: (text: string) => string): void => {
  if (status >= 200 && status < 300) {
    if (text === '' || isJson(text)) return
    throw new BoxhoundError('E_ACCOUNT_BROKEN', 'the account’s response is not JSON', {
      found: `${text.length} characters, to ${request}`,
      next: 'try again; check that no proxy rewrites responses',
    })
  }
  const code = codes[status] ?? (status >= 500 ? 'E_ACCOUNT_SERVER' : 'E_ACCOUNT_STATUS')
  const told = errorsIn(text)
    .map((one) => printable(redact(one)))
    .join('; ')
  throw new BoxhoundError(code, messages[code] ?? '', {
    expected: 'status 200',
    found: `status ${status}${told === '' ? '' : `, “${told.slice(0, 600)}”`}, to ${request}`,
    ...(code === 'E_ACCOUNT_SERVER' ? { next: 'run it again: finished work is found and kept' } : {}),
  })
}
