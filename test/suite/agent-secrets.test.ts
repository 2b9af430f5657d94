import test from 'ava'
import { judgeSecrets } from '../../suite/box/checks/agent-secrets.ts'

const store = {
  command: '/usr/lib/boxhound/secret-backend',
  settings: { api_key: 'ENC[k]', secret_backend_command: '/usr/lib/boxhound/secret-backend' },
}
const config = {
  code: 0,
  stdout: `api_key: '***************************bcdef'\nsecret_backend_command: ${store.command}\n`,
  stderr: '',
}
const asked = { code: 0, stdout: 'the secret store has the key of the Agent as k\n', stderr: '' }
const rights = { code: 0, stdout: 'dd-agent 500\n', stderr: '' }

test('a store that answers, asked by a program of dd-agent alone, is green', (t) => {
  const verdict = judgeSecrets(store, config, asked, rights)
  t.true(verdict.passed)
  t.not(verdict.notJudged, true)
})

const red: readonly (readonly [what: string, verdict: () => ReturnType<typeof judgeSecrets>, problem: RegExp])[] = [
  [
    'a key in the file itself',
    () => judgeSecrets(store, { ...config, stdout: config.stdout.replace(/'\*.*'/, 'plain') }, asked, rights),
    /api_key was not resolved/,
  ],
  [
    'no key',
    () => judgeSecrets(store, { ...config, stdout: config.stdout.replace(/^.*\n/, '') }, asked, rights),
    /api_key is absent/,
  ],
  [
    'another program',
    () => judgeSecrets(store, { ...config, stdout: config.stdout.replace('secret-backend\n', 'x\n') }, asked, rights),
    /secret_backend_command is/,
  ],
  [
    'a store that fails',
    () => judgeSecrets(store, config, { ...asked, code: 1, stdout: 'x\nno such secret\n' }, rights),
    /^no such secret$/,
  ],
  ['a program of root', () => judgeSecrets(store, config, asked, { ...rights, stdout: 'root 500\n' }), /root 500/],
  [
    'a program for all',
    () => judgeSecrets(store, config, asked, { ...rights, stdout: 'dd-agent 555\n' }),
    /dd-agent 555/,
  ],
  [
    'an Agent that does not answer',
    () => judgeSecrets(store, { code: 255, stdout: '', stderr: 'no' }, asked, rights),
    /config: no/,
  ],
]

for (const [what, verdict, problem] of red)
  test(`${what} is red`, (t) => {
    const { passed, observed } = verdict()
    t.false(passed)
    t.regex(observed, problem)
  })

test('a store that was not asked is not judged, unless something else is wrong', (t) => {
  const given = { ...asked, stdout: 'a key was given at first boot: the secret store is not asked\n' }
  t.true(judgeSecrets(store, config, given, rights).notJudged)
  t.false(judgeSecrets(store, config, given, { ...rights, stdout: 'root 755' }).passed)
})
