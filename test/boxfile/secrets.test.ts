import test from 'ava'
import { findKeys, isApiKey, isApplicationKey, redactKeys } from '../../scripts/lib/box/secrets.ts'

const api = '0123456789abcdef'.repeat(2)

test('fault 20: only 32 lower-case hexadecimal digits are an API key', (t) => {
  t.true(isApiKey(api))
  for (const wrong of [
    '',
    'a',
    api.slice(1),
    `${api}0`,
    api.toUpperCase(),
    api.replace('0', 'g'),
    `${api}\n`,
    ` ${api}`,
  ])
    t.false(isApiKey(wrong), JSON.stringify(wrong))
})

test('fault 20: only 40 lower-case hexadecimal digits are an application key', (t) => {
  t.true(isApplicationKey(`${api}01234567`))
  for (const wrong of ['', 'a', api, `${api}012345678`, `${api}0123456g`]) t.false(isApplicationKey(wrong), wrong)
})

test('a key is found inside other text, a SHA-256 and a fragment of one are not', (t) => {
  t.deepEqual(findKeys(`x=${api};`), [{ offset: 2, variable: 'DD_API_KEY' }])
  t.deepEqual(findKeys(`${api}01234567`), [{ offset: 0, variable: 'DD_APP_KEY' }])
  t.deepEqual(findKeys(api + api), [])
  t.deepEqual(findKeys(`${api}x`), [])
})

test('the fingerprint of a public key, in capitals, is no key', (t) => {
  t.deepEqual(findKeys('0123456789ABCDEF0123456789ABCDEF01234567'), [])
  t.is(findKeys('0123456789abcdef0123456789ABCDEF01234567').length, 1)
  t.is(redactKeys(`a ${api} ${'0F'.repeat(20)}`), `a [key] ${'0F'.repeat(20)}`)
})
