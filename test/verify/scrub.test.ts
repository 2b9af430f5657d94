import test from 'ava'
import { scrub, scrubResult } from '../../scripts/lib/verify/scrub.ts'

const secrets: readonly [text: string, scrubbed: string][] = [
  ['planted failure, password=hunter2', 'planted failure, password=********'],
  ['{"password": "hun\'ter 2", "user": "x"}', '{"password": "********", "user": "x"}'],
  ["{'username': 'x', 'password': 'hunter2'}", "{'username': 'x', 'password': '********'}"],
  ['[{\\"password\\": \\"hunter2\\"}]', '[{\\"password\\": \\"********\\"}]'],
  ['mysql_password: hunter2', 'mysql_password: ********'],
  ['(password=hunter2), then', '(password=********), then'],
  ['MYSQL_PWD=hunter2 PGPASSWORD=hunter2', 'MYSQL_PWD=******** PGPASSWORD=********'],
  ['auth_token: 0123abc', 'auth_token: ********'],
  ['DD_API_KEY="0123456789abcdef0123456789abcdef"', 'DD_API_KEY="********"'],
  ['dd-api-key: 0123456789abcdef0123456789abcdef', 'dd-api-key: ********'],
  ['GET /api/v1/validate?api_key=0123&x=1', 'GET /api/v1/validate?api_key=********&x=1'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer ********'],
  ["('password', 'hunter2')", "('password', '********')"],
  ['mysql --password hunter2 -e x', 'mysql --password ******** -e x'],
  ["CREATE USER x IDENTIFIED BY 'hunter2'", "CREATE USER x IDENTIFIED BY '********'"],
  ["IDENTIFIED BY PASSWORD '*ABC'", "IDENTIFIED BY PASSWORD '********'"],
  [
    'could not reach mongodb://dd:hunt@er2@127.0.0.1:27017/admin',
    'could not reach mongodb://dd:********@127.0.0.1:27017/admin',
  ],
  ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----!', '[private key]!'],
  [`token ${'ghp'}_${'a'.repeat(36)}`, 'token ********'],
]

for (const [text, scrubbed] of secrets)
  test(`scrubbed: ${scrubbed}`, (t) => {
    t.is(scrub(text), scrubbed)
    t.is(scrub(scrubbed), scrubbed, 'and again nothing changes')
  })

const kept = [
  "Access denied for user 'datadog'@'127.0.0.1' (using password: YES)",
  'unable to fetch auth token (please check that the Agent is running…): open /etc/datadog-agent/auth_token: no such file',
  'machine id, host keys, the Agent’s token and certificate, and passwords made on this instance',
  'kernel 6.12.57, image sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'version is 0123456789abcdef0123456789abcdef01234567, trace 6b0019ae00000000b9b7a5bffbf0c09f',
  'API key ending with bcdef: API Key invalid',
  'api_key: ENC[handle], password: ********, password: <PASSWORD>',
  'GRANT SELECT ON *.* TO x; only root can log in, by the caller’s key, without a password; no sudo rule',
  'http://127.0.0.1:5050/api/trace: status 500',
]
test('what is no secret stays as it is', (t) => {
  for (const text of kept) t.is(scrub(text), text)
})

test('the caller’s own key is hidden wherever it turns up', (t) => {
  t.is(scrub('x0123456789abcdef0123456789abcdefx', ['0123456789abcdef0123456789abcdef']), 'x********x')
  const result = {
    id: 'a',
    title: 't',
    status: 'failed',
    seconds: 0,
    expected: 'password=abc',
    observed: 'key',
  } as const
  t.like(scrubResult(result, ['key']), { expected: 'password=********', observed: 'key' }, 'and no short word is')
})
