// What agent.secrets adds to an image: settings, the trial of first boot, and the user's program.

import { basename } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import type { SecretStore, Settings } from '../box/agent.ts'
import { languageOf } from './language.ts'
import type { Expectations, LayerSpec, RenderedFile } from './rendered-box.ts'
import { assertNoSecrets } from './secrets.ts'

/** Where the user's program is in the guest. */
const program = '/usr/lib/boxhound/secret-backend'

/** How the trial of first boot is told what to ask: guest path without the leading slash. */
const question = 'usr/lib/boxhound/agent-secrets.json'

/** Settings of datadog.yaml. */
export const secretSettings = ({ handle, backend, config, command, timeout, ...rest }: SecretStore): Settings => ({
  api_key: `ENC[${handle}]`,
  ...(backend === null ? {} : { secret_backend_type: backend }),
  ...(Object.keys(config).length === 0 ? {} : { secret_backend_config: config }),
  ...(command === null ? {} : { secret_backend_command: program }),
  ...(rest.arguments.length === 0 ? {} : { secret_backend_arguments: rest.arguments }),
  ...(timeout === null ? {} : { secret_backend_timeout: timeout }),
  // The backend returns a file as it is, and nearly every tool ends one with a line break.
  ...(backend === 'file.text' ? { secret_backend_remove_trailing_line_break: true } : {}),
})

/** What the suite must see of them. */
export const secretExpectation = (store: SecretStore): NonNullable<Expectations['agent']['secrets']> => ({
  settings: secretSettings(store),
  command: store.command === null ? null : program,
})

/** `#!` with a path, or an ELF program: nothing else can be started. */
const assertStarts = (content: Buffer, source: string): void => {
  const isProgram = content.subarray(0, 4).toString('latin1') === '\x7fELF'
  const first = content.subarray(0, 200).toString('latin1').split('\n', 1)[0] ?? ''
  if (isProgram || (/^#! ?\/\S/.test(first) && !first.endsWith('\r'))) return
  throw new BoxhoundError('E_LAYER', 'the Agent can’t start this program', {
    file: source,
    line: 1,
    column: 1,
    exitCode: 2,
    expected: 'an ELF program, or a script whose first line is #! and an interpreter’s path, such as #!/bin/sh',
    found: first.endsWith('\r') ? 'a first line that ends in a carriage return' : JSON.stringify(first.slice(0, 40)),
    next: first.endsWith('\r') ? 'save it with line feeds only' : 'add the first line',
  })
}

const userProgram = (command: string): RenderedFile => {
  const source = basename(command)
  const { content } = readPlain(command, { source, maximum: 32 << 20 })
  assertStarts(content, source)
  const firstLine = content.subarray(0, 200).toString('latin1').split('\n', 1)[0]
  const language = content[0] === 0x7f ? 'text' : languageOf(source, firstLine)
  const file: RenderedFile = { path: program.slice(1), mode: 0o755, content, source, language }
  const text = content.toString('utf8')
  if (language !== 'text')
    assertNoSecrets(file, () => ({ template: text, lines: text.split('\n').map((_, index) => index + 1) }))
  return file
}

/** What first boot asks the store, as JSON. */
const questionOf = (
  { handle, backend, config, command, timeout, ...rest }: SecretStore,
  source: string,
): RenderedFile => {
  const value = {
    handle,
    backend,
    config,
    command: command === null ? null : program,
    arguments: rest.arguments,
    timeout: timeout ?? 30,
    trim: backend === 'file.text',
  }
  return {
    path: question,
    mode: 0o644,
    content: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
    source,
    language: 'json',
  }
}

/**
 * A part of the Agent's layer with what the box's store adds.
 *
 * @param boxFile how errors name it.
 */
export const secretFiles = <P extends { readonly files: readonly RenderedFile[]; readonly spec: LayerSpec }>(
  store: SecretStore,
  part: P,
  boxFile: string,
): P => {
  const { command } = store
  // The Agent refuses a program that another account owns, or that group or others may use.
  const owner = { path: program, owner: 'dd-agent', group: 'dd-agent', mode: '0500' }
  return {
    ...part,
    files: [...part.files, questionOf(store, boxFile), ...(command === null ? [] : [userProgram(command)])],
    spec: { ...part.spec, owners: [...part.spec.owners, ...(command === null ? [] : [owner])] },
  }
}
