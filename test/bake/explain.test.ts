import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { programFolder } from './_programs.ts'

const script = fileURLToPath(new URL('../../provision/_engine/apt/explain.sh', import.meta.url))

/** Runs bash with the functions of explain.sh, without the user’s start files, which bash reads where a socket is its input; `$said` is a file with what apt said. */
const run = async (t: ExecutionContext, said: string, command: string, path = ''): Promise<string> => {
  const file = join(await temporaryFolder(t), 'said')
  await writeFile(file, said)
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '--norc',
      '-Eeuo',
      'pipefail',
      '-c',
      `patience=20 apt_places=() said=$2; . "$1"; ${command}`,
      'bash',
      script,
      file,
    ],
    { encoding: 'utf8', env: { ...process.env, PATH: `${path}:${process.env.PATH}` } },
  )
  return stdout + stderr
}

const repository = (errors: string): string => `Reading package lists...\n${errors}\n`
const fetched = (why: string): string => repository(`E: Failed to fetch https://a.example/x  ${why}`)
const key = 'DD4EAA1D4D9105C24DBAC84887649EF23A18E346'

// What apt 2.6 (gpgv, GnuTLS) and 3.0 (sqv, OpenSSL) print, as both were seen to.
for (const [what, said, reason] of [
  [
    'an unlisted key, gpgv',
    repository(`W: GPG error: http://a X: NO_PUBKEY ${key.slice(-16)}\nE: The repository 'X' is not signed.`),
    `key ${key.slice(-16)}`,
  ],
  [
    'an unlisted key, sqv',
    repository(
      `W: OpenPGP signature verification failed: X: error message is: Missing key ${key}, which is needed to verify signature.\nE: The repository 'X' is not signed.`,
    ),
    `key ${key}`,
  ],
  [
    'an expired key',
    repository(
      'W: GPG error: X: The following signatures were invalid: EXPKEYSIG 835730E74EC35B7E old\nE: The repository is not signed.',
    ),
    'expired-key 835730E74EC35B7E',
  ],
  [
    'a changed Release, gpgv',
    repository('W: GPG error: X: The following signatures were invalid: BADSIG BC3A651C796C70EF good'),
    'forged ',
  ],
  [
    'a changed Release, sqv',
    repository(
      'W: OpenPGP signature verification failed: X: Verifying signature:            Message has been manipulated',
    ),
    'forged ',
  ],
  ['no signature', repository("E: The repository 'http://a stable Release' is not signed."), 'unsigned '],
  [
    'another size',
    fetched('File has unexpected size (531 != 530). Mirror sync in progress? [IP: 127.0.0.1 1]'),
    'mismatch ',
  ],
  ['another digest', fetched('Hash Sum mismatch'), 'mismatch '],
  [
    'an old Release',
    repository(
      'E: Release file for http://a is expired (invalid since 3d 2h). Updates for this repository will not be applied.',
    ),
    'clock ',
  ],
  [
    'a certificate, GnuTLS',
    fetched('Certificate verification failed: The certificate is NOT trusted.  Could not handshake'),
    'certificate ',
  ],
  [
    'a certificate, OpenSSL',
    fetched('SSL connection failed: error:0A000086:SSL routines::certificate verify failed / Success'),
    'certificate ',
  ],
  [
    'a package of certificates that is not there',
    repository('E: Failed to fetch http://a/ca-certificates_1_all.deb  404  Not Found [IP: 127.0.0.1 1]'),
    'absent ',
  ],
  ['no repository', repository("E: The repository 'http://a stable Release' does not have a Release file."), 'absent '],
  ['a login', fetched('401  Unauthorized [IP: 127.0.0.1 1]'), 'login '],
  ['silence', fetched('Connection failed [IP: 127.0.0.1 1]'), 'slow '],
  [
    'no connection',
    fetched('Could not connect to 127.0.0.1:1 (127.0.0.1). - connect (111: Connection refused)'),
    'unreachable ',
  ],
  ['no name', fetched("Could not resolve 'apt.lab.invalid'"), 'unreachable '],
  ['what nobody has seen', repository('E: Something new'), 'other'],
  [
    'what is no error',
    'Get:1 http://a/ca-certificates 404 NO_PUBKEY BC3A651C796C70EF Certificate verification failed\n',
    'other',
  ],
] as const)
  test(`the reason is read: ${what}`, async (t) => {
    t.is(await run(t, said, 'reason "$said"'), `${reason}\n`)
  })

test('an explanation is the block that the error is read from, one line each', async (t) => {
  const said = repository("W: GPG error: X: NO_PUBKEY BC3A651C796C70EF\nE: The repository 'X' is not signed.")
  const command = 'explain_repository "$said" http://m/ stable "7 extra" https://a.example/ "AAAA BBBB"'
  const [head, message, expected, found, next, end] = (await run(t, said, command)).split('\n')
  t.is(head, '== why: content')
  t.is(message, 'the repository https://a.example/ (by http://m/) is signed by a key that this box does not list')
  t.is(expected, 'expected: a signature by AAAA or BBBB')
  t.is(found, 'found: one by BC3A651C796C70EF')
  t.regex(next ?? '', /^next: its publisher may have rotated its key/)
  t.is(end, '')
})

test('only the version asked for passes, out of apt’s table of them', async (t) => {
  const table = ['7.84.0', '7.83.1', '7.83.0', '7.82.2', '7.82.1', '7.82.0'].map(
    (version) => `echo ' datadog-agent | 1:${version}-1 | https://a.example stable/7 amd64 Packages'`,
  )
  const path = await programFolder(t, {
    'apt-cache': `if [[ $* == *" datadog-agent" || $* == "madison datadog-agent" ]]; then ${table.join('; ')}; fi`,
  })
  const ask = (packages: string): Promise<string> => run(t, '', `require_versions ${packages} && echo there`, path)
  t.is(await ask('curl datadog-agent=1:7.83.0-1'), 'there\n')
  const absent = await ask('datadog-agent=7.83.0-1')
  t.regex(absent, /^no source has datadog-agent 7\.83\.0-1$/m)
  t.regex(absent, /^found: the newest there are: 1:7\.84\.0-1 1:7\.83\.1-1 1:7\.83\.0-1 1:7\.82\.2-1 1:7\.82\.1-1$/m)
  t.regex(await ask('other=1.0'), /^no source has a package other\nexpected: other=1\.0\nfound: no version of it$/m)
})

test('a download with another content is told with both digests', async (t) => {
  const archives = join(await temporaryFolder(t), 'partial')
  await mkdir(archives)
  await writeFile(join(archives, 'a.deb.FAILED'), 'other\n')
  const moved = `sed "s#/var/cache/apt/archives/partial#${archives}#" "$1" >"$said.sh"; . "$said.sh";`
  const told = await run(
    t,
    fetched('Hash Sum mismatch'),
    `${moved} explain_download "$said" "'http://a/a.deb'" a.deb 6 SHA256:abc`,
  )
  t.regex(told, /^http:\/\/a\/a\.deb could not be downloaded$/m)
  t.regex(told, /^expected: 6 bytes, SHA256:abc, as the signed lists say$/m)
  t.true(told.includes(`found: other content, SHA256:${sha256('other\n')}\n`), told)
})
