// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import test from 'ava'
import { isKeyName, isPlaceholder, isSecretName } from '../../scripts/lib/box/secret-names.ts'
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
    '',
    'a',
    api,
    `${api}012345678`,
    `${api}0123456g`,
    prefixed.slice(1),
    prefixed.slice(0, -1),
    `${prefixed}0`,
    `${prefixed}\n`,
    prefixed.replace('B', '_'),
    prefixed.toUpperCase(),
    prefixed.replace('ddapp_', 'ddpat_'),
  ])
    t.false(isApplicationKey(wrong), JSON.stringify(wrong))
  t.false(isApiKey(prefixed))
})

const found = (text: string, name?: string) => findKeys(text, name).map(({ offset, variable }) => [offset, variable])

test('a key is found where one would stand, a SHA-256 and a fragment of one are not', (t) => {
  t.deepEqual(found(`x_key=${api};`), [[6, 'DD_API_KEY']])
  t.deepEqual(found(`"token": "${api}01234567"`), [[10, 'DD_APP_KEY']])
  t.deepEqual(found(`# my key ${api}`), [[9, 'DD_API_KEY']])
  t.deepEqual(found(api, 'apiKey'), [[0, 'DD_API_KEY']])
  t.deepEqual(found(api + api, 'api_key'), [])
  t.deepEqual(found(`${api}x`, 'api_key'), [])
})

test('fault 77: the same shape elsewhere is a commit or a digest', (t) => {
  for (const text of [api, `sha=${api}01234567`, `md5: ${api}`, `git.commit.sha:${api}`, `public_key: ${api}`])
    t.deepEqual(findKeys(text), [], text)
  t.deepEqual(findKeys(api, 'version'), [])
})

test('names of secrets, and names that end like one', (t) => {
  for (const name of [
    'password',
    'DB_PASSWORD',
    'apiKey',
    'api_key',
    'client-secret',
    'auth_token',
    'privKey',
    'dbPass',
  ])
    t.true(isSecretName(name), name)
  for (const name of [
    'sort_key',
    'public_key',
    'password_file',
    'tokenize',
    'keyring',
    'bypass',
    'access_key_id',
    'key',
  ])
    t.false(isSecretName(name), name)
  for (const name of ['key', 'sort_key', 'auth', 'keys']) t.true(isKeyName(name), name)
  for (const name of ['public_key', 'monkey', 'commit']) t.false(isKeyName(name), name)
})

test('what stands in for a value is no secret', (t) => {
  for (const value of ['', 'ENC[x]', '%%env_PW%%', '<PASSWORD>', '$PW', '${PW}', '@PASSWORD@', '********', 'null'])
    t.true(isPlaceholder(value), value)
  for (const value of ['ENC[x]y', 'hunter2', 'a<b>', 'p$w']) t.false(isPlaceholder(value), value)
})

test('an application key with a prefix is found and taken out as one, also beside other words', (t) => {
  t.deepEqual(found(`DD_APP_KEY=${prefixed}, key=${api}`), [
    [11, 'DD_APP_KEY'],
    [57, 'DD_API_KEY'],
  ])
  t.deepEqual(found(`version: ${prefixed}`), [[9, 'DD_APP_KEY']])
  t.is(redactKeys(`app_${prefixed}: "${prefixed}"`), 'app_[key]: "[key]"')
  t.is(redactKeys(`ddapp_${'AB12'.repeat(8)}AB`), '[key]', 'capitals alone make no fingerprint of it')
  for (const other of [`x${prefixed}`, `${prefixed}x`, 'ddapp_name']) t.deepEqual(findKeys(other), [], other)
})

test('the fingerprint of a public key, in capitals, is no key', (t) => {
  t.deepEqual(findKeys('0123456789ABCDEF0123456789ABCDEF01234567', 'key'), [])
  t.is(findKeys('0123456789abcdef0123456789ABCDEF01234567', 'key').length, 1)
  t.is(redactKeys(`a ${api} ${'0F'.repeat(20)}`), `a [key] ${'0F'.repeat(20)}`)
})
