import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { noCloudFiles, writeSeed } from '../../scripts/lib/boot/seed.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const key = '0123456789abcdef'.repeat(2)
const login = 'ssh-ed25519 AAAA boxhound'

test('inputs become the seed file that the guide describes, root lets the caller in', (t) => {
  const inputs = { apiKey: key, site: 'datadoghq.eu', tags: 'env:trial "a: b" #c', authorizedKeys: [login] }
  const { 'user-data': text } = noCloudFiles(inputs)
  t.regex(text, /^#cloud-config\n/)
  t.deepEqual(parse(text), {
    disable_root: false,
    ssh_authorized_keys: [login],
    write_files: [
      {
        path: '/etc/boxhound/seed.env',
        permissions: '0600',
        content: `DD_API_KEY=${key}\nDD_SITE=datadoghq.eu\nDD_TAGS=env:trial "a: b" #c\n`,
      },
    ],
  })
})

test('without inputs no file is written', (t) => {
  t.deepEqual(Object.keys(parse(noCloudFiles({ authorizedKeys: [login] })['user-data'])), [
    'disable_root',
    'ssh_authorized_keys',
  ])
})

test('every machine is an instance of its own: an old one’s state would be taken for this one’s', (t) => {
  const [one, two] = [0, 1].map(() => parse(noCloudFiles({ authorizedKeys: [] })['meta-data']))
  t.regex(one['instance-id'], /^boxhound-[0-9a-f-]{36}$/)
  t.regex(one['local-hostname'], /^boxhound-[0-9a-f]{6}$/)
  t.not(one['instance-id'], two['instance-id'])
  t.not(one['local-hostname'], two['local-hostname'])
})

test('a user’s own user-data goes in unchanged, and the SSH key comes from the cloud', (t) => {
  const files = noCloudFiles({ apiKey: key, authorizedKeys: [login] }, '#cloud-config\n{}\n')
  t.is(files['user-data'], '#cloud-config\n{}\n')
  t.deepEqual(parse(files['meta-data'])['public-keys'], [login])
})

test('the disk is found by its label, and nobody but its owner can read it or what it was made of', async (t) => {
  const folder = join(await temporaryFolder(t), 'secrets')
  const iso = await writeSeed({ 'meta-data': 'instance-id: one\n', 'user-data': '#cloud-config\n' }, folder)
  t.is((await stat(folder)).mode & 0o777, 0o700)
  for (const name of await readdir(folder)) t.is((await stat(join(folder, name))).mode & 0o777, 0o600, name)
  const bytes = await readFile(iso)
  // The primary volume descriptor: ECMA-119, 8.4.
  t.is(bytes.toString('latin1', 0x8001, 0x8006), 'CD001')
  t.is(bytes.toString('latin1', 0x8028, 0x8048).trimEnd(), 'CIDATA')
  const listed = spawnSync('xorriso', ['-indev', iso, '-find', '/', '-exec', 'lsdl'], { encoding: 'utf8' })
  t.regex(listed.stdout, /^-rw------- +1 0 +0 .*'\/meta-data'$/m)
  t.regex(listed.stdout, /^-rw------- +1 0 +0 .*'\/user-data'$/m)
})

test.serial('a machine without xorriso is told how to get it', async (t) => {
  const path = process.env.PATH
  const programs = await temporaryFolder(t)
  t.false(existsSync(join(programs, 'xorriso')))
  process.env.PATH = programs
  t.teardown(() => {
    process.env.PATH = path
  })
  const folder = join(programs, 'secrets')
  const error = await t.throwsAsync(() => writeSeed({ 'meta-data': '', 'user-data': '' }, folder), {
    instanceOf: BoxhoundError,
  })
  t.is(error.exitCode, 3)
  t.is(error.details.next, 'npm run setup')
})
