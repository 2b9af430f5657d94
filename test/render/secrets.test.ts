// biome-ignore-all lint/suspicious/noTemplateCurlyInString: text for other languages
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { languageOf } from '../../scripts/lib/render/language.ts'
import { findSecrets } from '../../scripts/lib/render/secrets.ts'
import { copiedProject, renderNamed } from './_project.ts'

const hex = '0123456789abcdef'.repeat(2)
const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjE'.repeat(2)}\n`

const lines = (path: string, text: string): number[] =>
  findSecrets({ path, language: languageOf(path, text.split('\n')[0]), content: Buffer.from(text) }).map(
    ({ line }) => line,
  )

const found: readonly (readonly [title: string, path: string, text: string])[] = [
  ['a key in YAML', 'conf.yaml', `instances:\n  - api_key: ${hex}`],
  ['a password in YAML', 'conf.yaml', 'a: 1\npassword: "correct horse battery staple"'],
  ['a password that is a number', 'conf.yaml', 'a: 1\npassword: 12345'],
  ['a list of tokens', 'conf.yaml', 'tokens:\n  - abc'],
  ['a pair of name and value', 'conf.yaml', 'env:\n  - { name: DB_PASSWORD, value: hunter2 }'],
  ['a login in a value', 'conf.yaml', 'a: 1\nurl: https://admin:pw@queue.example/'],
  ['a key in a comment', 'conf.yaml', `a: 1\n# api_key: ${hex}`],
  ['a password in a comment', 'conf.yaml', 'a: 1\n#   password: hunter2'],
  ['a password in JSON', 'x.json', '{\n"dbPassword": "a b" }'],
  ['a password in Python', 'x.py', "import os\nPASSWORD = 'hunter2'"],
  ['an argument in Python', 'x.py', "import os\nconnect(user='x', password='hunter2')"],
  ['a variable in shell', 'x.sh', '#!/bin/sh\nexport DB_PASSWORD=hunter2'],
  ['an environment file', 'app.env', 'A=b\nCLIENT_SECRET=s3cret'],
  ['a unit', 'etc/systemd/system/x.service', '[Service]\nEnvironment="A=b" "API_TOKEN=abc"'],
  ['an options file', '.my.cnf', '[client]\npassword = hunter2'],
  ['a statement', 'x.sql', "-- users\nCREATE USER x IDENTIFIED BY 'hunter2';"],
  ['a role', 'x.sql', "-- users\ncreate role x with login password 'hunter2';"],
  ['a netrc', 'root/.netrc', '\nmachine a login b password hunter2'],
  ['a private key', 'id_ed25519', `\n${pem}`],
  ['an access token', 'x.txt', `\nsee ghp_${'aB3'.repeat(12)}`],
  ['a header', 'x.py', "\nheaders = {'Authorization': 'Bearer abcdefgh1234'}"],
]

for (const [title, path, text] of found)
  test(`fault 59: ${title} is found on its line`, (t) => {
    t.deepEqual(lines(path, text), [2])
  })

const harmless: readonly (readonly [title: string, path: string, text: string])[] = [
  ['a secret that the Agent resolves', 'conf.yaml', 'password: ENC[db]\napi_key: "ENC[k]"\ntoken: "%%env_T%%"'],
  ['a hole for the first boot', 'conf.yaml', 'password: "@PASSWORD@"'],
  ['documentation', 'conf.yaml', '# password: <PASSWORD>\n# url: http://user:password@host/\n# token: optional\na: 1'],
  ['a digest', 'conf.yaml', `md5: ${hex}\nsort_key: name\npassword_file: /run/x\nuse_token: true`],
  ['what a program is given', 'x.py', "password = os.environ['PASSWORD']\nf(password=password)\nif token == 'x': pass"],
  ['the name of a field', 'x.py', "PASSWORD = 'password'\nvalue = parts.password\nfields = {'token': 'api_token'}"],
  ['what a script reads', 'x.sh', '#!/bin/sh\npassword=$(pwgen)\nTOKEN="$1" read -r password\nlocal token='],
  ['a statement with a variable', 'x.sh', '#!/bin/sh\necho "CREATE USER x IDENTIFIED BY \'$1\'"'],
  ['a socket', 'x.sql', "ALTER USER x IDENTIFIED WITH auth_socket AS 'root';"],
  ['a public key', 'x.pem', '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n'],
  ['what its author has looked at', 'conf.yaml', 'token: heartbeat # boxhound: no secret'],
]

for (const [title, path, text] of harmless)
  test(`${title} is no secret`, (t) => {
    t.deepEqual(lines(path, text), [])
  })

const refused = async (t: ExecutionContext, file: string, add: string, line: number): Promise<BoxhoundError> => {
  const project = copiedProject(t)
  const path = join(project.tool, file)
  mkdirSync(join(path, '..'), { recursive: true })
  appendFileSync(path, add)
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_SECRET', error.message)
  t.is(error.exitCode, 2)
  t.is(error.details.file, file)
  t.is(error.details.line, line)
  t.false(`${error.message}${JSON.stringify(error.details)}`.includes('hunter2'))
  return error
}

test('fault 59: the line is that of the template, whatever a block above it adds', async (t) => {
  const project = copiedProject(t)
  const conf = 'provision/50-checks/my_metric/conf.yaml.hbs'
  writeFileSync(
    join(project.tool, conf),
    'instances:\n{{#each check.tags}}\n  - tag: {{this}}\n{{/each}}\n  - min_collection_interval: {{check.interval}}\n    password: hunter2\n',
  )
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.is(error.details.file, conf)
  t.is(error.details.line, 6)
  t.regex(error.details.next ?? '', /ENC\[HANDLE\].*instance/)
})

test('fault 59: files of apps, engines and layers are looked at as well', async (t) => {
  await refused(t, 'provision/40-app/flask/root/etc/other.env', 'A=b\nDB_PASSWORD=hunter2\n', 2)
  await refused(t, 'provision/30-database/mariadb/root/root/.my.cnf', '[client]\npassword=hunter2\n', 2)
  await refused(t, 'provision/20-agent/root/etc/x.conf', 'token: hunter2\n', 1)
  await refused(t, 'provision/90-seal/provision.sh', '\nexport TOKEN=hunter2\n', 5)
})

test('fault 66: bytes and names that are no UTF-8 are refused', async (t) => {
  const project = copiedProject(t)
  const folder = join(project.tool, 'provision/50-checks/my_metric')
  appendFileSync(join(folder, 'conf.yaml.hbs'), Buffer.from([0x23, 0xe9, 0x0a]))
  const error = await t.throwsAsync(renderNamed('full', project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_UTF8')
  t.is(error.exitCode, 2)
  t.regex(error.details.found ?? '', /0xE9/)
  const other = copiedProject(t)
  const root = Buffer.from(join(other.tool, 'provision/40-app/flask/root/etc/'))
  writeFileSync(Buffer.concat([root, Buffer.from([0x61, 0xff, 0x62])]), '')
  const named = await t.throwsAsync(renderNamed('full', other), { instanceOf: BoxhoundError })
  t.regex(named.message, /name that is not UTF-8/)
  t.is(named.details.file, 'provision/40-app/flask/root/etc')
})
