import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { $, fs } from 'zx'

const script = new URL('../../lab/repository/build.sh', import.meta.url).pathname
const quiet = $({ quiet: true, nothrow: true })

let folder: string
let fingerprint: string
const at = (...names: string[]): string => join(folder, ...names)

/** A package with nothing in it. */
async function makeDeb(name: string, version: string): Promise<void> {
  await fs.outputFile(
    at('tree/DEBIAN/control'),
    `Package: datadog-agent\nVersion: ${version}\nArchitecture: amd64\nMaintainer: x <x@localhost>\nDescription: x\n`,
  )
  await fs.ensureDir(at('debs'))
  await quiet`dpkg-deb --root-owner-group --build ${at('tree')} ${at('debs', name)}`
}

const build = () => quiet`${script} ${at('debs')} ${at('repository')} ${at('gnupg')}`

test.before(async () => {
  // A short path: gpg-agent's socket lies in it, and a socket's path has 108 bytes.
  folder = await fs.mkdtemp(join(tmpdir(), 'bhr-'))
  await makeDeb('datadog-agent_7.83.0+lab-1_amd64.deb', '1:7.83.0+lab-1')
  await makeDeb('datadog-agent_7.84.0+lab-1_amd64.deb', '1:7.84.0+lab-1')
  const built = await build()
  if (built.exitCode !== 0) throw new Error(built.stderr)
  fingerprint = built.stdout.trim().split('\n').at(-1) ?? ''
  await quiet`gpg --homedir ${at('gnupg')} --no-autostart --output ${at('keyring.gpg')} --export ${fingerprint}`
})

test.after.always(async () => {
  await fs.remove(folder)
})

test('the last line is the full fingerprint of the key that is exported', async (t) => {
  t.regex(fingerprint, /^[0-9A-F]{40}$/)
  t.is(await fs.readFile(at('repository/fingerprints'), 'utf8'), `${fingerprint}\n`)
  for (const id of ['CURRENT', fingerprint.slice(-8)]) {
    const key = at(`repository/keys/DATADOG_APT_KEY_${id}.public`)
    t.regex(await fs.readFile(key, 'utf8'), /^-----BEGIN PGP PUBLIC KEY BLOCK-----/, 'armored, as Datadog has them')
    const shown = await quiet`gpg --homedir ${at('gnupg')} --no-autostart --with-colons --show-keys ${key}`
    t.true(shown.stdout.includes(`:${fingerprint}:`))
  }
})

test('both signatures of the suite verify with the exported keyring and with no other', async (t) => {
  const dist = at('repository/apt/dists/stable')
  const keyring = at('keyring.gpg')
  t.is((await quiet`gpgv --keyring ${keyring} ${dist}/InRelease`).exitCode, 0)
  t.is((await quiet`gpgv --keyring ${keyring} ${dist}/Release.gpg ${dist}/Release`).exitCode, 0)
  await fs.outputFile(at('other.gpg'), '')
  t.not((await quiet`gpgv --keyring ${at('other.gpg')} ${dist}/InRelease`).exitCode, 0)
})

test('a changed index no longer fits its signature', async (t) => {
  const dist = at('repository/apt/dists/stable')
  const changed = (await fs.readFile(`${dist}/Release`, 'utf8')).replace('boxhound', 'somebody')
  await fs.writeFile(at('Release'), changed)
  t.not((await quiet`gpgv --keyring ${at('keyring.gpg')} ${dist}/Release.gpg ${at('Release')}`).exitCode, 0)
})

test('the index names each version under component 7, at a path without a plus sign', async (t) => {
  const packages = await fs.readFile(at('repository/apt/dists/stable/7/binary-amd64/Packages'), 'utf8')
  t.deepEqual(packages.match(/^Version: .*$/gm), ['Version: 1:7.83.0+lab-1', 'Version: 1:7.84.0+lab-1'])
  const path = /^Filename: (.*)$/m.exec(packages)?.[1] ?? ''
  t.is(path, 'pool/7/datadog-agent_7.83.0.lab-1_amd64.deb')
  t.true(await fs.pathExists(at('repository/apt', path)))
})

test('every by-hash name is the hash of its content', async (t) => {
  for (const [kind, tool] of [
    ['SHA256', 'sha256sum'],
    ['SHA512', 'sha512sum'],
  ] as const) {
    const names = await fs.readdir(at('repository/apt/dists/stable/7/binary-amd64/by-hash', kind))
    t.is(names.length, 2)
    for (const name of names) {
      const sum = await quiet`${tool} ${at('repository/apt/dists/stable/7/binary-amd64/by-hash', kind, name)}`
      t.true(sum.stdout.startsWith(`${name} `))
    }
  }
})

test.serial(
  'a second build keeps the key, replaces the repository and leaves no agent or temporary folder',
  async (t) => {
    const again = await build()
    t.is(again.exitCode, 0)
    t.is(again.stdout.trim(), fingerprint)
    t.deepEqual(
      (await fs.readdir(folder)).filter((name: string) => name.startsWith('.repository-')),
      [],
    )
    t.false(await fs.pathExists(at('gnupg/S.gpg-agent')))
  },
)

test.serial('sets that are built side by side are signed by one key', async (t) => {
  const of = (name: string) => quiet`${script} ${at('debs')} ${at(name)} ${at('fresh')}`
  const all = await Promise.all(['one', 'two', 'three', 'four', 'five', 'six'].map(of))
  for (const { exitCode, stderr } of all) t.is(exitCode, 0, stderr)
  t.is(new Set(all.map(({ stdout }) => stdout)).size, 1)
})

test.serial('without a package it fails and leaves the old repository in place', async (t) => {
  await fs.ensureDir(at('empty'))
  const done = await quiet`${script} ${at('empty')} ${at('repository')} ${at('gnupg')}`
  t.is(done.exitCode, 1)
  t.regex(done.stderr, /no \.deb in/)
  t.true(await fs.pathExists(at('repository/apt/dists/stable/InRelease')))
})
