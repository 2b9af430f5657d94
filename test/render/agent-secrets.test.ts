import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { SecretStore } from '../../scripts/lib/box/agent.ts'
import { secretExpectation, secretFiles, secretSettings } from '../../scripts/lib/render/agent-secrets.ts'
import { emptySpec } from '../../scripts/lib/render/layer-spec.ts'
import type { LayerSpec, RenderedFile } from '../../scripts/lib/render/rendered-box.ts'
import { temporaryFolder } from './_render.ts'

const store: SecretStore = {
  handle: 'dd/key',
  backend: null,
  config: {},
  command: null,
  arguments: [],
  timeout: null,
}

test('a backend becomes settings of datadog.yaml, with the key as a handle', (t) => {
  t.deepEqual(
    secretSettings({ ...store, backend: 'aws.ssm', config: { aws_session: { aws_region: 'x' } }, timeout: 9 }),
    {
      api_key: 'ENC[dd/key]',
      secret_backend_type: 'aws.ssm',
      secret_backend_config: { aws_session: { aws_region: 'x' } },
      secret_backend_timeout: 9,
    },
  )
  const file = secretSettings({ ...store, backend: 'file.text', config: { secrets_path: '/x' } })
  t.true(file.secret_backend_remove_trailing_line_break)
})

const program = (t: ExecutionContext, content: string | Uint8Array): string => {
  const file = join(temporaryFolder(t), 'get.sh')
  writeFileSync(file, content)
  return file
}

const part: { files: RenderedFile[]; spec: LayerSpec } = { files: [], spec: emptySpec }

test('a command is copied into the image, for dd-agent alone', (t) => {
  const given = { ...store, command: program(t, '#!/bin/sh\nexit 0\n'), arguments: ['-v'] }
  const { files, spec } = secretFiles(given, part, 'boxes/x.yaml')
  t.deepEqual(
    files.map(({ path }) => path),
    ['usr/lib/boxhound/agent-secrets.json', 'usr/lib/boxhound/secret-backend'],
  )
  t.deepEqual(spec.owners, [
    { path: '/usr/lib/boxhound/secret-backend', owner: 'dd-agent', group: 'dd-agent', mode: '0500' },
  ])
  t.deepEqual(JSON.parse(files[0]?.content.toString() ?? ''), {
    handle: 'dd/key',
    backend: null,
    config: {},
    command: '/usr/lib/boxhound/secret-backend',
    arguments: ['-v'],
    timeout: 30,
    trim: false,
  })
  t.deepEqual(secretExpectation(given), {
    command: '/usr/lib/boxhound/secret-backend',
    settings: {
      api_key: 'ENC[dd/key]',
      secret_backend_command: '/usr/lib/boxhound/secret-backend',
      secret_backend_arguments: ['-v'],
    },
  })
})

test('an ELF program starts, and what the kernel cannot start is refused', (t) => {
  const copied = (content: string | Uint8Array) => () =>
    secretFiles({ ...store, command: program(t, content) }, part, 'x')
  t.notThrows(copied(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff])))
  t.throws(copied('exit 0\n'), { code: 'E_LAYER', message: /can’t start/ })
  t.throws(copied('#!sh\n'), { code: 'E_LAYER' })
  const error = t.throws(copied('#!/bin/sh\r\nexit 0\r\n'))
  t.like(error, { details: { found: 'a first line that ends in a carriage return' } })
})

test('a program that holds a secret is refused without it being shown', (t) => {
  const given = { ...store, command: program(t, '#!/bin/sh\nVAULT_TOKEN=hunter2hunter2\n') }
  const error = t.throws(() => secretFiles(given, part, 'x'), { code: 'E_SECRET' })
  t.notRegex(JSON.stringify(error), /hunter2/)
  t.like(error, { details: { file: 'get.sh', line: 2 } })
})
