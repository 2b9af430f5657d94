import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { readTar } from '../../scripts/lib/oci/tar-reader.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { tarBytes } from './_image.ts'

const origin = { name: 'a.tar', next: 'write it again' }

const long = `${'folder/'.repeat(20)}é${'x'.repeat(120)}`

test('what is written is listed by our reader and by tar, long names included', async (t) => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'a.tar')
  const content = await tarBytes(
    { path: 'etc', mode: 0o755 },
    { path: 'etc/hello', mode: 0o640, uid: 100, gid: 7, content: Buffer.from('hello') },
    { path: long, mode: 0o600, content: Buffer.from('x'.repeat(1000)) },
    { path: 'empty', mode: 0o644, content: Buffer.alloc(0) },
  )
  writeFileSync(file, content)
  const entries = await readTar(file, origin)
  t.deepEqual(
    entries.map(({ path, type, mode, uid, gid, bytes }) => [path, type, mode, uid, gid, bytes]),
    [
      ['etc', 'folder', 0o755, 0, 0, 0],
      ['etc/hello', 'file', 0o640, 100, 7, 5],
      [long, 'file', 0o600, 0, 0, 1000],
      ['empty', 'file', 0o644, 0, 0, 0],
    ],
  )
  const { stdout, status, stderr } = spawnSync('tar', ['-tf', file, '--quoting-style=literal'], { encoding: 'utf8' })
  t.is(status, 0, stderr)
  t.deepEqual(stdout.trim().split('\n'), ['etc/', 'etc/hello', long, 'empty'])
})

test('what GNU tar writes is listed, in all of its formats', async (t) => {
  const folder = await temporaryFolder(t)
  const name = `n${'a'.repeat(200)}`
  writeFileSync(join(folder, name), '12345')
  for (const format of ['gnu', 'pax', 'posix']) {
    const file = join(folder, `${format}.tar`)
    const { status } = spawnSync('tar', ['-C', folder, `--format=${format}`, '-cf', file, `./${name}`])
    t.is(status, 0)
    const entries = await readTar(file, origin)
    t.deepEqual(
      entries.map(({ path, bytes }) => [path, bytes]),
      [[name, 5]],
      format,
    )
  }
})

const refusedFile = async (t: import('ava').ExecutionContext, content: Buffer): Promise<BoxhoundError> => {
  const file = join(await temporaryFolder(t), 'a.tar')
  writeFileSync(file, content)
  return t.throwsAsync(readTar(file, origin), {
    instanceOf: BoxhoundError,
    code: 'E_OCI_IMAGE',
  }) as Promise<BoxhoundError>
}

test('damaged, truncated and compressed archives are refused', async (t) => {
  const whole = await tarBytes({ path: 'a', mode: 0o644, content: Buffer.alloc(2000, 'a') })
  const flipped = Buffer.from(whole)
  flipped[0] = 0x62
  for (const content of [flipped, whole.subarray(0, 1500), whole.subarray(0, 100), Buffer.from('\x1f\x8b'.repeat(400))])
    t.regex((await refusedFile(t, content)).message, /damaged/)
})

for (const path of ['../etc/passwd', '/etc/passwd', 'a/../../b'])
  test(`a path that leads out is refused: ${path}`, async (t) => {
    const { message } = await refusedFile(t, await tarBytes({ path, mode: 0o644, content: Buffer.from('x') }))
    t.regex(message, /leads out/)
  })

test('names of any length and characters come back', async (t) => {
  const file = join(await temporaryFolder(t), 'a.tar')
  const part = fc
    .stringMatching(/^[^/\0]{1,150}$/)
    .filter((text) => !['.', '..'].includes(text) && !/\p{Surrogate}/u.test(text))
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
      const path = parts.join('/')
      writeFileSync(file, await tarBytes({ path, mode: 0o644, content: Buffer.from('x') }))
      t.is((await readTar(file, origin))[0]?.path, path)
    }),
    { numRuns: 60 },
  )
})
