import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { credentialFor } from '../../scripts/lib/registry/docker-config.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const configured = async (t: ExecutionContext, config: unknown): Promise<NodeJS.ProcessEnv> => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return { DOCKER_CONFIG: folder }
}

test('without a config file a registry is asked as nobody', async (t) => {
  t.is(await credentialFor('ghcr.io', { DOCKER_CONFIG: await temporaryFolder(t) }), undefined)
})

for (const entry of ['registry.example:5000', 'https://registry.example:5000', 'https://registry.example:5000/v1/'])
  test(`user and password stand under ${entry}`, async (t) => {
    const environment = await configured(t, { auths: { [entry]: { auth: base64('robot:a:b') } }, other: 1 })
    const found = await credentialFor('registry.example:5000', environment)
    t.deepEqual(found, { kind: 'password', user: 'robot', password: 'a:b' })
    t.is(await credentialFor('registry.example', environment), undefined, 'another port is another registry')
  })

test('docker.io stands under the address that docker login writes', async (t) => {
  const environment = await configured(t, { auths: { 'https://index.docker.io/v1/': { auth: base64('a:b') } } })
  t.deepEqual(await credentialFor('docker.io', environment), { kind: 'password', user: 'a', password: 'b' })
})

test('an identity token comes before a password', async (t) => {
  const environment = await configured(t, { auths: { 'r.example': { auth: base64('u:'), identitytoken: 'refresh' } } })
  t.deepEqual(await credentialFor('r.example', environment), { kind: 'identity', token: 'refresh' })
})

for (const [what, text] of [
  ['no JSON', '{"auths": sesame'],
  ['another form', '{"auths": ["sesame"]}'],
  ['an entry that is no user and password', JSON.stringify({ auths: { 'r.example': { auth: base64('sesame') } } })],
] as const)
  test(`a config file with ${what} is refused, and nothing of it repeated`, async (t) => {
    const environment = await configured(t, text)
    const error = await t.throwsAsync(credentialFor('r.example', environment), { instanceOf: BoxhoundError })
    t.is(error.exitCode, 2)
    t.regex(error.details.file ?? '', /config\.json$/)
    t.notRegex(JSON.stringify(error.details) + error.message, /sesame/)
  })

/** A credential helper in PATH; tests that share the process's PATH run one after the other. */
const helper = async (t: ExecutionContext, script: string, config: object) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'bin'))
  const program = join(folder, 'bin/docker-credential-vault')
  await writeFile(program, `#!/bin/sh\nread -r registry || true\n${script}\n`)
  await chmod(program, 0o755)
  const before = process.env.PATH
  process.env.PATH = `${join(folder, 'bin')}:${before}`
  t.teardown(() => {
    process.env.PATH = before
  })
  return { environment: await configured(t, config), folder }
}

test.serial('a helper is asked by its stdin', async (t) => {
  const script = `printf '{"ServerURL":"%s","Username":"robot","Secret":"%s"}' "$registry" "$registry-$#-$1"`
  const { environment } = await helper(t, script, { credHelpers: { 'r.example:5000': 'vault' } })
  t.deepEqual(await credentialFor('r.example:5000', environment), {
    kind: 'password',
    user: 'robot',
    password: 'r.example:5000-1-get',
  })
  t.is(await credentialFor('other.example', environment), undefined)
})

test.serial('a helper may give an identity token', async (t) => {
  const script = `echo '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}'`
  const { environment } = await helper(t, script, { credsStore: 'vault' })
  t.deepEqual(await credentialFor('any.example', environment), { kind: 'identity', token: 'refresh' })
})

test.serial('a helper that knows nobody is no fault', async (t) => {
  const { environment } = await helper(t, 'echo "credentials not found in native keychain"; exit 1', {
    credsStore: 'vault',
    auths: { 'r.example': { auth: base64('u:p') } },
  })
  t.deepEqual(await credentialFor('r.example', environment), { kind: 'password', user: 'u', password: 'p' })
})

for (const [what, script] of [
  ['fails', 'echo sesame; exit 1'],
  ['prints something else', 'echo sesame'],
] as const)
  test.serial(`a helper that ${what} is named, and its output not repeated`, async (t) => {
    const { environment } = await helper(t, script, { credsStore: 'vault' })
    const error = await t.throwsAsync(credentialFor('r.example', environment), { instanceOf: BoxhoundError })
    t.is(error.code, 'E_CREDENTIAL_HELPER')
    t.regex(error.message, /docker-credential-vault/)
    t.notRegex(JSON.stringify(error.details) + error.message, /sesame/)
  })

test.serial('a helper that is not there, or is a path, is refused', async (t) => {
  const absent = await configured(t, { credsStore: 'no-such-helper' })
  t.is((await t.throwsAsync(credentialFor('r', absent), { instanceOf: BoxhoundError })).code, 'E_CREDENTIAL_HELPER')
  const path = await configured(t, { credsStore: '../../bin/sh' })
  t.is((await t.throwsAsync(credentialFor('r', path), { instanceOf: BoxhoundError })).code, 'E_DOCKER_CONFIG')
})
