import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { startSandbox } from '../../scripts/lib/_helpers/sandbox.ts'
import { installPackages, lackingPackages } from '../../scripts/lib/setup/install.ts'
import {
  benchPackages,
  registryPackages,
  rubyPackages,
  systemPackages,
  vagrantPackages,
} from '../../scripts/lib/setup/packages.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('a package is there when one of its files is, or its command ends well', async (t) => {
  const folder = await temporaryFolder(t)
  const lacking = lackingPackages([
    { name: 'here', present: { files: [join(folder, 'x'), folder] }, why: '' },
    { name: 'absent', present: { files: [join(folder, 'x')] }, why: '' },
    { name: 'works', present: { command: ['bash', '-c', 'exit 0'] }, why: '' },
    { name: 'fails', present: { command: ['bash', '-c', 'exit 1'] }, why: '' },
    { name: 'unknown', present: { command: [join(folder, 'no-program')] }, why: '' },
  ])
  t.deepEqual(
    lacking.map(({ name }) => name),
    ['absent', 'fails', 'unknown'],
  )
})

test('every package says what it is for, and stands there once', (t) => {
  const all = [...systemPackages, ...vagrantPackages, ...rubyPackages, ...benchPackages, ...registryPackages]
  const names = all.map(({ name }) => name)
  t.is(new Set(names).size, names.length)
  for (const { name, why } of all) {
    t.regex(name, /^[a-z0-9][a-z0-9+.-]+$/)
    t.true(why.length > 5, name)
  }
})

test('the programs that a bake requires all come with setup', (t) => {
  const offered = systemPackages.flatMap(({ present }) => ('files' in present ? present.files : []))
  for (const program of ['packer', 'qemu-img', 'qemu-storage-daemon', 'mmdebstrap'])
    t.true(offered.includes(`/usr/bin/${program}`), program)
})

const lacking = [
  { name: 'packer', present: { files: [] }, why: '' },
  { name: 'fuse3', present: { files: [] }, why: '' },
]

test('a machine without apt is told what to install by its own means', async (t) => {
  const machine = { apt: '/nowhere/apt-get', sudo: '/nowhere/sudo', isRoot: true }
  const error = await t.throwsAsync(installPackages(lacking, machine), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_NO_APT')
  t.is(error.exitCode, 3)
  t.regex(error.message, /neither Debian nor Ubuntu/)
  t.is(error.details.next, 'install the equivalents of these Debian packages: packer, fuse3')
})

test('who is neither root nor has sudo is told the command for root', async (t) => {
  const machine = { apt: '/bin/sh', sudo: '/nowhere/sudo', isRoot: false }
  const error = await t.throwsAsync(installPackages(lacking, machine), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_NOT_ROOT')
  t.is(error.exitCode, 3)
  t.is(error.details.next, 'as root: apt-get install --no-install-recommends packer fuse3')
})

// Mount namespaces need root.
const rooted = process.getuid?.() === 0 ? test : test.skip

rooted('setup --check names what is missing and why, and ends with 3', async (t) => {
  // A boot loader that a mount hides, in a namespace of its own.
  const hide = 'mkdir -p /usr/lib/EXTLINUX && mount -t tmpfs tmpfs /usr/lib/EXTLINUX && exec "$@"'
  const verb =
    "import { run } from './scripts/_main.ts'; process.exitCode = await run(['setup', '--check'], { tool: '.', root: '.' })"
  const sandbox = startSandbox(
    ['bash', '-c', hide, 'bash', process.execPath, '--import=tsx', '--input-type=module', '--eval', verb],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      environment: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  sandbox.child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  if (sandbox.child.stdout !== null) await once(sandbox.child.stdout, 'end')
  t.is(await sandbox.ended, 3)
  t.regex(output, /^setup: (?:1 package is|\d+ packages are) missing:$/m)
  t.regex(output, /^ {2}extlinux +boot loader of the lab/m)
})
