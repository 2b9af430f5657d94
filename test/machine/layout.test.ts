import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test, { type ExecutionContext } from 'ava'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { examineFileSystems } from '../../scripts/lib/proof/filesystem.ts'
import { deviceOf, readLayout } from '../../scripts/lib/proof/layout.ts'
import { expand, scan } from '../../scripts/lib/proof/raw.ts'
import { type TinyProject, tinyProject, write } from './_project.ts'
import { bake } from './_run.ts'
import { tracesOf } from './_traces.ts'

/** A tiny project whose image has a /boot and an EFI partition, and that fstab. */
const cloudProject = async (t: ExecutionContext, fstab: string): Promise<TinyProject> => {
  const project = await tinyProject(t)
  const words = [fileURLToPath(new URL('./_base.sh', import.meta.url)), join(project.tool, 'image.qcow2'), fstab]
  const { status, stderr } = spawnSync('bash', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`no tiny image: ${stderr}`)
  return project
}

const rows = ['LABEL=cloudimg-rootfs / ext4 defaults 0 1', 'LABEL=BOOT /boot ext4 defaults 0 2']

test('faults 47, 48: layers write to /boot where the machine will read it, and no file system keeps what was deleted', async (t) => {
  const project = await cloudProject(t, `${rows.join('\n')}\nLABEL=UEFI /boot/efi vfat umask=0077 0 1\n`)
  write(
    'provision/20-agent/provision.sh',
    'mkdir /boot/new; echo kernel >/boot/new/vmlinuz; for d in / /boot/; do for i in {1..200}; do head -c 999 /dev/urandom >"$d$i"; done; done\n',
    project,
  )
  // Every other one: what they leave lies beside what stays, where no trim reaches.
  write('provision/90-seal/provision.sh', 'rm /{1..199..2} /boot/{1..199..2}\n', project)
  const { code, stderr } = await bake(project)
  t.is(code, 0, stderr)
  t.deepEqual(tracesOf(project), [])
  const raw = join(project.tool, 'disk.raw')
  await expand(imagePath('one', project), raw)
  const own = [{ kind: 'folder of the builder', source: project.tool }]
  t.deepEqual((await scan(raw, own)).findings, [], 'ext4 writes down by which path its first file was opened')
  const layout = await readLayout(raw, project)
  t.deepEqual(
    layout.map(({ partition, mountPoint }) => [partition, mountPoint]),
    [
      [1, '/'],
      [15, '/boot/efi'],
      [16, '/boot'],
    ],
  )
  const [root, , boot = root] = layout
  const debugfs = (request: string, at: typeof root): string =>
    spawnSync('debugfs', ['-R', request, deviceOf(raw, at)], { encoding: 'utf8' }).stdout
  t.is(debugfs('cat /new/vmlinuz', boot), 'kernel\n')
  t.notRegex(debugfs('ls -p /boot', root), /new/)
  for (const { name, code, words, state, freeBlocks } of await examineFileSystems(raw, layout, project)) {
    t.is(code, 0, `${name}: ${words}`)
    t.is(state, 'clean', name)
    t.true(freeBlocks.free > 100, name)
    t.is(freeBlocks.dirty, 0, name)
  }
  rmSync(raw)
})

test('fault 48: a layer that brings another kernel has GRUB’s menu made anew, once', async (t) => {
  const project = await cloudProject(t, `${rows.join('\n')}\n`)
  write('provision/10-base/root/boot/grub/grub.cfg', 'old\n', project)
  write(
    'provision/10-base/root/usr/sbin/update-grub',
    '#!/bin/bash\necho /boot/vmlinuz-* >/boot/grub/grub.cfg\n',
    project,
  )
  chmodSync(join(project.tool, 'provision/10-base/root/usr/sbin/update-grub'), 0o755)
  write('provision/20-agent/provision.sh', ': >/boot/vmlinuz-9\n', project)
  const { code, stderr } = await bake(project)
  t.is(code, 0, stderr)
  const raw = join(project.tool, 'disk.raw')
  await expand(imagePath('one', project), raw)
  const boot = (await readLayout(raw, project)).find(({ mountPoint }) => mountPoint === '/boot')
  const device = boot === undefined ? 'no /boot' : deviceOf(raw, boot)
  const menu = spawnSync('debugfs', ['-R', 'cat /grub/grub.cfg', device], { encoding: 'utf8' })
  t.is(menu.stdout, '/boot/vmlinuz-9\n')
  const told = ['base', 'agent', 'seal'].filter((name) =>
    readFileSync(join(project.out, 'one/logs', `${name}.log`), 'utf8').includes('== other kernels: update-grub'),
  )
  t.deepEqual(told, ['agent'])
})

test('fault 48: a bake on an image that mounts what is not on its disk fails and names the line', async (t) => {
  const project = await cloudProject(t, `${rows.join('\n')}\nUUID=0123-4567 /boot/efi vfat umask=0077 0 1\n`)
  const { code, stderr } = await bake(project)
  t.is(code, 1)
  t.regex(stderr, /\/etc\/fstab, line 3: UUID=0123-4567, to be mounted at \/boot\/efi, is not on the disk/)
  t.deepEqual(tracesOf(project), [])
})
