import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { assertPrivateKey } from '../../scripts/lib/verify/key-file.ts'
import { temporaryFolder } from '../render/_render.ts'

const generate = (file: string, ...more: string[]): string => {
  execFileSync('ssh-keygen', ['-q', '-f', file, ...more])
  return file
}

const refused = (t: ExecutionContext, file: string): BoxhoundError => {
  const error = t.throws(() => assertPrivateKey(file), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  t.is(error.details.file, file)
  return error
}

const kinds: readonly (readonly [title: string, options: string[]])[] = [
  ['ed25519', ['-t', 'ed25519']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['rsa in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ['ecdsa in PEM', ['-t', 'ecdsa', '-m', 'PEM']],
]

for (const [title, options] of kinds)
  test(`a key of kind ${title} is taken, protected or public it is refused with the reason`, (t) => {
    const folder = temporaryFolder(t)
    const file = generate(join(folder, 'key'), '-N', '', ...options)
    t.notThrows(() => assertPrivateKey(file))
    const open = refused(t, `${file}.pub`)
    t.is(open.details.found, 'a public key')
    t.is(open.details.next, `--key ${file}`)
    const locked = refused(t, generate(join(folder, 'locked'), '-N', 'secret', ...options))
    t.regex(locked.details.found ?? '', /passphrase/)
    t.regex(locked.details.next ?? '', /ssh-keygen -p/)
  })

test('what is no key, a half of one, or no file is refused with the reason', (t) => {
  const folder = temporaryFolder(t)
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  t.is(refused(t, write('text', 'hello\n')).details.found, 'no private key')
  t.is(refused(t, write('empty', '')).details.found, 'no private key')
  t.regex(
    refused(t, write('half', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n')).details.found ?? '',
    /unreadable/,
  )
  t.is(refused(t, join(folder, 'absent')).details.found, 'no such file')
  t.is(refused(t, folder).details.found, 'a folder')
  t.regex(refused(t, write('large', 'x'.repeat(70_000))).details.found ?? '', /70000 bytes/)
})

test('fault 54: a named pipe, a device and a file of gigabytes are refused at once', (t) => {
  const folder = temporaryFolder(t)
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  t.is(refused(t, pipe).details.found, 'a named pipe')
  t.is(refused(t, '/dev/zero').details.found, 'a device')
  const huge = join(folder, 'huge')
  execFileSync('truncate', ['--size=3G', huge])
  t.regex(refused(t, huge).details.found ?? '', /^\d+ bytes$/)
})
