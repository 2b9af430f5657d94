import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { fixture, loadText, refused, temporaryFile } from './_files.ts'

const box = (secrets: string, agent = 'version: 7.83.0'): string => `box: x
version: 1.0.0
base: { lab: trixie }
agent: { ${agent}, secrets: ${secrets} }
`

test('a backend is kept with its configuration', async (t) => {
  const { agent } = await loadText(
    t,
    box(
      '{ backend: hashicorp.vault, config: { vault_address: "https://v", vault_session: { vault_auth_type: aws } }, handle: "dd;api key" }',
    ),
  )
  t.deepEqual(agent.secrets, {
    handle: 'dd;api key',
    backend: 'hashicorp.vault',
    config: { vault_address: 'https://v', vault_session: { vault_auth_type: 'aws' } },
    command: null,
    arguments: [],
    timeout: null,
  })
})

test('a box without agent.secrets has no store', async (t) => {
  t.is(
    (await loadText(t, 'box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\n')).agent.secrets,
    null,
  )
})

/** A box file with a program beside it. */
const withProgram = (t: ExecutionContext, secrets: string): string => {
  const file = temporaryFile(t, box(secrets))
  mkdirSync(join(dirname(file), 'secrets'))
  writeFileSync(join(dirname(file), 'secrets/get.sh'), '#!/bin/sh\n')
  writeFileSync(join(dirname(file), 'empty'), '')
  symlinkSync('secrets/get.sh', join(dirname(file), 'link'))
  return file
}

test('a command is a file beside the box file', async (t) => {
  const file = withProgram(t, '{ command: secrets/get.sh, arguments: ["-v", ""], timeout: 5, handle: k }')
  const { agent } = await loadBox(file, fixture)
  t.like(agent.secrets, { command: join(dirname(file), 'secrets/get.sh'), arguments: ['-v', ''], timeout: 5 })
})

for (const [command, found] of [
  ['nothing', 'nothing'],
  ['secrets', 'a folder'],
  ['empty', 'an empty file'],
  ['link', 'a symbolic link'],
] as const)
  test(`a command that is ${found} is refused`, async (t) => {
    const file = withProgram(t, `{ command: ${command}, handle: k }`)
    const error = await t.throwsAsync(loadBox(file, fixture))
    t.like(error, { code: 'E_BOX_FILE', details: { found, exitCode: 2 } })
  })

const wrong: readonly (readonly [secrets: string, expected: RegExp, next: RegExp, agent?: string])[] = [
  ['{ handle: k }', /a backend or a command/, /file\.text/],
  ['{ backend: aws.secrets }', /name of the secret/, /add agent\.secrets\.handle/],
  ['{ backend: aws.secret, handle: k }', /one of file\.text/, /./],
  ['{ backend: aws.ssm, command: x, handle: k }', /only one/, /remove one/],
  ['{ command: x, config: { a: b }, handle: k }', /no config/, /arguments/],
  ['{ backend: aws.ssm, arguments: [a], handle: k }', /no arguments/, /config/],
  ['{ backend: file.text, handle: k }', /secrets_path/, /add secrets_path/],
  ['{ backend: file.text, config: { secret_path: /x }, handle: k }', /secrets_path/, /did you mean "secrets_path"/],
  ['{ backend: file.text, config: { secrets_path: x }, handle: k }', /absolute path/, /\/run/],
  ['{ backend: file.text, config: { secrets_path: /x/../y }, handle: k }', /absolute path/, /\/run/],
  ['{ backend: file.text, config: { secrets_path: 5 }, handle: k }', /absolute path/, /\/run/],
  ['{ backend: file.text, config: { secrets_path: /x }, handle: ../k }', /below secrets_path/, /./],
  ['{ backend: file.text, config: { secrets_path: /x }, handle: /k }', /below secrets_path/, /./],
  ['{ backend: gcp.secretmanager, config: { gcp_session: {} }, handle: k }', /gcp_session\.project_id/, /add gcp/],
  ['{ backend: aws.ssm, handle: "ENC[k]" }', /without ENC/, /write k/],
  ['{ backend: aws.ssm, handle: "" }', /without ENC/, /./],
  ['{ backend: aws.ssm, handle: " k" }', /without ENC/, /./],
  ['{ backend: aws.ssm, handle: "a]b" }', /without ENC/, /./],
  ['{ backend: aws.ssm, handle: k, timeout: 0 }', /1 second/, /./],
  ['{ backend: aws.ssm, handle: k, timeout: 30s }', /whole number of seconds/, /./],
  ['{ backend: aws.ssm, handle: k, backends: x }', /one of backend/, /did you mean "backend"/],
  ['{ backend: aws.ssm, config: [a], handle: k }', /a map/, /./],
  ['{ backend: aws.ssm, config: { aws_session: "ENC[x]" }, handle: k }', /value itself/, /instance profile/],
  ['{ backend: aws.ssm, handle: k }', /7\.70\.0/, /raise agent\.version/, 'version: 7.69.3'],
  ['{ backend: file.text, config: { secrets_path: /x }, handle: k }', /7\.75\.0/, /raise/, 'version: 7.74.0'],
  ['yes', /map/, /./],
]

for (const [secrets, expected, next, agent] of wrong)
  test(`secrets: ${secrets}${agent === undefined ? '' : ` of ${agent}`} is refused`, async (t) => {
    const error = await refused(t, box(secrets, agent))
    t.regex(error.details.expected ?? '', expected)
    t.regex(error.details.next ?? '', next)
  })

for (const config of [
  '{ aws_session: { aws_access_key_id: x, aws_secret_access_key: hunter2hunter2 } }',
  '{ aws_session: { aws_access_key_id: AKIAIOSFODNN7EXAMPLE } }',
])
  test(`a secret in ${config.slice(0, 40)}… is refused without being shown`, async (t) => {
    const error = await refused(t, box(`{ backend: aws.ssm, config: ${config}, handle: k }`))
    t.regex(error.details.found ?? '', /not shown/)
    t.notRegex(JSON.stringify(error.details), /hunter2|AKIA/)
  })

test('a secret among the arguments is refused', async (t) => {
  const file = withProgram(t, '{ command: secrets/get.sh, arguments: ["https://u:hunter2hunter2@vault"], handle: k }')
  const error = await t.throwsAsync(loadBox(file, fixture))
  t.regex(error?.message ?? '', /password inside an address/)
  t.notRegex(JSON.stringify(error), /hunter2/)
})
