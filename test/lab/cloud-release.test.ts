import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $, fs } from 'zx'

const lab = new URL('../../lab/cloud/', import.meta.url).pathname
const quiet = $({ quiet: true, nothrow: true })
const name = 'boxhound-lab-server-cloudimg-amd64.img'

let folder: string
const at = (...names: string[]): string => join(folder, ...names)
const release = (image: string, ...day: string[]) =>
  quiet`${lab}release.sh ${at(image)} ${at('out')} ${at('gnupg')} ${day}`

test.before(async () => {
  // A short path: gpg-agent's socket lies in it, and a socket's path has 108 bytes.
  folder = await fs.mkdtemp(join(tmpdir(), 'bhr-'))
  await fs.writeFile(at('older'), 'one image')
  await fs.writeFile(at('newer'), 'another image')
})

test.after.always(async () => {
  await fs.remove(folder)
})

test.serial('two releases, signed by one key whose fingerprint is the last line', async (t) => {
  const [older, newer] = [await release('older', '20260101'), await release('newer', '20260201')]
  t.is(older.exitCode, 0)
  t.regex(newer.stdout.trim().split('\n').at(-1) ?? '', /^[0-9A-F]{40}$/)
  t.is(older.stdout, newer.stdout)
  const shown = await quiet`gpg --homedir ${at('gnupg')} --with-colons --show-keys ${at('out/cloudimg-keyring.gpg')}`
  t.true(shown.stdout.includes(`:${newer.stdout.trim()}:`))
  t.deepEqual((await fs.readdir(at('out/releases/trixie'))).sort(), [
    'index.html',
    'release-20260101',
    'release-20260201',
  ])
  t.deepEqual((await fs.readdir(at('out'))).sort(), ['cloudimg-keyring.gpg', 'releases'])
})

test.serial('the index lists every release', async (t) => {
  const index = await fs.readFile(at('out/releases/trixie/index.html'), 'utf8')
  t.deepEqual(
    [...index.matchAll(/href="(release-\d+\/)"/g)].map(([, link]) => link),
    ['release-20260101/', 'release-20260201/'],
  )
})

test.serial('the list has the digest in the form of coreutils, and its signature verifies', async (t) => {
  const day = at('out/releases/trixie/release-20260201')
  t.regex(await fs.readFile(`${day}/SHA256SUMS`, 'utf8'), new RegExp(`^[0-9a-f]{64} \\*${name}\n$`))
  t.is((await quiet({ cwd: day })`sha256sum --check --strict SHA256SUMS`).exitCode, 0)
  const verify = (list: string) => quiet`gpgv --keyring ${at('out/cloudimg-keyring.gpg')} ${day}/SHA256SUMS.gpg ${list}`
  t.is((await verify(`${day}/SHA256SUMS`)).exitCode, 0)
  t.not((await verify(at('out/releases/trixie/release-20260101/SHA256SUMS'))).exitCode, 0)
})

test.serial('a release of the same day takes the place of the one before', async (t) => {
  t.is((await release('older', '20260201')).exitCode, 0)
  t.is(await fs.readFile(at('out/releases/trixie/release-20260201', name), 'utf8'), 'one image')
})

test.serial('an image that is missing leaves the tree as it was', async (t) => {
  const before = await quiet`find ${at('out')} -printf '%p %i\n'`
  t.not((await release('none', '20260301')).exitCode, 0)
  t.is((await quiet`find ${at('out')} -printf '%p %i\n'`).stdout, before.stdout)
})

test.serial('wrong words: usage, exit 2', async (t) => {
  t.is((await quiet`${lab}release.sh`).exitCode, 2)
  t.is((await release('older', 'yesterday')).exitCode, 2)
  t.is((await quiet`${lab}build.sh`).exitCode, 2)
  t.is((await quiet`${lab}../../test/lab/cloud-image/try.sh`).exitCode, 2)
})

test('a machine without mmdebstrap is told which package to install, exit 3', async (t) => {
  await fs.ensureDir(at('bin'))
  for (const program of ['bash', 'dirname', 'realpath']) {
    await fs.symlink((await quiet`command -v ${program}`).stdout.trim(), at('bin', program))
  }
  const told = await quiet({ env: { PATH: at('bin') } })`${lab}build.sh ${at('never')} ${at('gnupg')}`
  t.is(told.exitCode, 3)
  if (process.getuid?.() === 0) t.regex(told.stderr, /mmdebstrap is missing: apt-get install mmdebstrap/)
  t.false(await fs.pathExists(at('never')))
})
