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

/** As new application keys are: a prefix, and 40 characters in all. */
const prefixed = `ddapp_${'aB3'.repeat(11)}z`

test('fault 20: 40 lower-case hexadecimal digits, or ddapp_ and 34 letters and digits, are an application key', (t) => {
  t.true(isApplicationKey(`${api}01234567`))
  t.true(isApplicationKey(prefixed))
  for (const wrong of [
    ...['', 'a', api, `${api}012345678`, `${api}0123456g`],
    ...[prefixed.slice(1), prefixed.slice(0, -1), `${prefixed}0`, `${prefixed}\n`, prefixed.replace('B', '_')],
    ...[prefixed.toUpperCase(), prefixed.replace('ddapp_', 'ddpat_')],
  ])
    t.false(isApplicationKey(wrong), JSON.stringify(wrong))
  t.false(isApiKey(prefixed))
})

test('a key is found inside other text, a SHA-256 and a fragment of one are not', (t) => {
  t.deepEqual(findKeys(`x=${api};`), [{ offset: 2, variable: 'DD_API_KEY' }])
  t.deepEqual(findKeys(`${api}01234567`), [{ offset: 0, variable: 'DD_APP_KEY' }])
  t.deepEqual(findKeys(api + api), [])
  t.deepEqual(findKeys(`${api}x`), [])
})

test('an application key with a prefix is found and taken out as one, also beside other words', (t) => {
  t.deepEqual(findKeys(`DD_APP_KEY=${prefixed}, ${api}`), [
    { offset: 11, variable: 'DD_APP_KEY' },
    { offset: 53, variable: 'DD_API_KEY' },
  ])
  t.is(redactKeys(`app_${prefixed}: "${prefixed}"`), 'app_[key]: "[key]"')
  t.is(redactKeys(`ddapp_${'AB12'.repeat(8)}AB`), '[key]', 'capitals alone make no fingerprint of it')
  for (const other of [`x${prefixed}`, `${prefixed}x`, 'ddapp_name']) t.deepEqual(findKeys(other), [], other)
})

test('the fingerprint of a public key, in capitals, is no key', (t) => {
  t.deepEqual(findKeys('0123456789ABCDEF0123456789ABCDEF01234567'), [])
  t.is(findKeys('0123456789abcdef0123456789ABCDEF01234567').length, 1)
  t.is(redactKeys(`a ${api} ${'0F'.repeat(20)}`), `a [key] ${'0F'.repeat(20)}`)
})
