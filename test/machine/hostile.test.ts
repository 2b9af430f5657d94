import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { layersFolder, listRecords } from '../../scripts/lib/cache/store.ts'
import { debian, importDisk, makeDisk, testFolder } from './_disk.ts'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { bake } from './_run.ts'
import { tracesOf } from './_traces.ts'

const attack = readFileSync(new URL('./_attack.sh', import.meta.url), 'utf8')

/** A port of loopback on which somebody listens. */
const listening = async (t: ExecutionContext): Promise<number> => {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** MAJOR:MINOR of the disk that a file is on. */
const diskOf = (path: string): string => {
  const { stdout } = spawnSync('stat', ['-c', '%Hd:%Ld', path], { encoding: 'utf8' })
  return stdout.trim()
}

/** Runs commands by a shell in a stored layer, as --on-error keep proposes it. */
const inLayer = async (
  project: TinyProject,
  name: string,
  commands: string,
): Promise<{ code: number | null; output: string }> => {
  const record = (await listRecords(project)).find((one) => one.name === name)
  const overlay = join(layersFolder(project), 'hostile-copy.qcow2')
  spawnSync('cp', [join(layersFolder(project), `${record?.id}.qcow2`), overlay])
  const shell = join(project.tool, 'packer/chroot/shell.sh')
  const done = spawnSync('bash', [shell, overlay], {
    input: commands,
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  return { code: done.status, output: `${done.stdout}${done.stderr}` }
}

test.serial('a layer’s code reaches nothing of the builder: no file, disk, process, kernel, network', async (t) => {
  const project = await tinyProject(t)
  const secret = join(project.tool, 'secret')
  write('secret', 'a line of the builder’s\n', project)
  const words = [secret, await listening(t), diskOf(secret)].join(' ')
  write('provision/20-agent/root/usr/lib/attack', attack, project)
  write('provision/20-agent/provision.sh', `bash /usr/lib/attack ${words}\n`, project)
  const fullMode = statSync('/dev/full').mode & 0o777
  t.teardown(() => chmodSync('/dev/full', fullMode))
  const { code, stderr } = await bake(project)
  t.is(code, 0, stderr)
  t.deepEqual(tracesOf(project), [])
  t.is(statSync('/dev/full').mode & 0o777, fullMode)
  const { output } = await inLayer(project, 'agent', 'cat /root/escaped\necho end of the list\n')
  t.regex(output, /end of the list/, output)
  t.is(
    /(?:^|\n)([^$#]*)end of the list/.exec(
      output.replaceAll(/^.*cannot set terminal.*\n|^.*no job control.*\n/gm, ''),
    )?.[1],
    '',
    output,
  )
  const told = ['manifest.json', 'logs/seal.log']
    .map((name) => readFileSync(join(project.out, 'one', name), 'utf8'))
    .join('\n')
  t.regex(told, /hostile/, 'the image’s own list of packages')
  t.notRegex(told, /a line of the builder/)
})

const links: Readonly<Record<string, { readonly path: string; readonly target: (outside: string) => string }>> = {
  'resolv.conf by a relative link': {
    path: 'etc/resolv.conf',
    target: (outside) => `../../../../../../../../..${outside}/made/resolv.conf`,
  },
  'resolv.conf by an absolute link': {
    path: 'etc/resolv.conf',
    target: (outside) => `/../../../../../..${outside}/made/resolv.conf`,
  },
  'resolv.conf through a folder': { path: 'etc', target: (outside) => `../../../../../../../..${outside}` },
  tmp: { path: 'tmp', target: (outside) => `../../../../../../../../..${outside}` },
  run: { path: 'run', target: (outside) => `../../../../../../../../..${outside}` },
  dev: { path: 'dev', target: (outside) => `../../../../../../../../..${outside}` },
  proc: { path: 'proc', target: (outside) => `../../../../../../../../..${outside}` },
}

for (const [what, { path, target }] of Object.entries(links))
  test.serial(`a link in the image leads nowhere: ${what}`, (t) => {
    const folder = testFolder(t)
    const outside = join(folder.root, 'outside')
    mkdirSync(outside, { recursive: true })
    const files: Record<string, string> = { ...debian(''), [path]: `-> ${target(outside)}` }
    for (const name of ['proc', 'sys', 'dev', 'run', 'tmp']) if (name !== path) files[`${name}/.keep`] = ''
    if (path === 'etc') for (const name of Object.keys(files)) if (name.startsWith('etc/')) delete files[name]
    const raw = makeDisk(join(folder.root, 'disk.raw'), {
      size: 40,
      table: 'mbr',
      partitions: [{ number: 1, start: 1, size: 38, fs: 'ext4', label: 'root', files }],
    })
    const overlay = join(folder.root, 'layer.qcow2')
    spawnSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, overlay])
    const shell = fileURLToPath(new URL('../../packer/chroot/shell.sh', import.meta.url))
    const before = statSync(outside)
    spawnSync('bash', [shell, overlay], { input: '', encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' })
    t.false(existsSync(join(outside, 'made')))
    t.is(statSync(outside).mtimeMs, before.mtimeMs, 'nothing was made in it')
    t.deepEqual(tracesOf(folder), [])
  })

const unreadable: Readonly<Record<string, string>> = { 'a named pipe': 'fifo', 'a socket': 'socket' }

for (const [what, kind] of Object.entries(unreadable))
  for (const path of ['usr/lib/os-release', 'usr/bin/true'])
    test.serial(`an image whose /${path} is ${what} is refused at once`, (t) => {
      const { root } = testFolder(t)
      const raw = makeDisk(join(root, 'disk.raw'), {
        size: 40,
        table: 'mbr',
        partitions: [{ number: 1, start: 1, size: 38, fs: 'ext4', files: { ...debian(''), [path]: kind } }],
      })
      const begin = performance.now()
      const { code, output } = importDisk(raw, join(root, 'layer.qcow2'))
      t.is(code, 1, output)
      t.true(performance.now() - begin < 20_000)
      t.regex(
        output,
        new RegExp(
          `^image: /\\S+ is no regular file\\n {2}expected: .+\\n {2}found: {4}${what}\\n {2}next: {5}.+`,
          'm',
        ),
      )
    })

test.serial('an fstab whose mount point holds a line break leads nowhere', (t) => {
  const { root } = testFolder(t)
  const partitions = [
    { number: 1, start: 1, size: 20, fs: 'ext4' as const, label: 'BOOT' },
    {
      number: 2,
      start: 22,
      size: 38,
      fs: 'ext4' as const,
      label: 'root',
      files: debian('LABEL=BOOT /a\\012/../../made ext4 rw 0 2\n'),
    },
  ]
  const raw = makeDisk(join(root, 'disk.raw'), { size: 62, table: 'mbr', partitions })
  const { code, output } = importDisk(raw, join(root, 'layer.qcow2'))
  t.is(code, 1, output)
  t.regex(output, /\/etc\/fstab, line 1/)
})

test.serial('the folder in which apt keeps what images have written is nobody else’s', async (t) => {
  const project = await tinyProject(t)
  mkdirSync(join(project.cache, 'apt'), { recursive: true })
  chmodSync(join(project.cache, 'apt'), 0o755)
  t.is((await bake(project)).code, 0)
  t.is(statSync(join(project.cache, 'apt')).mode & 0o777, 0o700)
})
