import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { assertWhole, isFileSystemClean, readGuest } from './_image.ts'
import { newEdition, tinyProject, write } from './_project.ts'
import { bake } from './_run.ts'
import { tracesOf } from './_traces.ts'

const mount = (...words: string[]): void => {
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

/** A file system of its own at a folder, with room for so much. */
const smallDisk = (t: ExecutionContext, folder: string, size: string): ((size: string) => void) => {
  mkdirSync(folder, { recursive: true })
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'boxhound-small-disk', folder)
  t.teardown(() => spawnSync('umount', ['--lazy', folder]))
  return (more) => mount('-o', `remount,size=${more}`, folder)
}

test('fault 30: a store with no space left fails the layer, keeps nothing half-written, and goes on when there is space', async (t) => {
  const project = await tinyProject(t)
  const resize = smallDisk(t, project.cache, '45M')
  // Written last and not synced by the script: only the layer's end can notice. Larger than the store, whatever the image takes of it.
  write('provision/20-agent/provision.sh', 'head -c 60000000 /dev/urandom >/root/content\n', project)
  const failed = await bake(project)
  t.is(failed.code, 1, failed.stdout)
  t.regex(failed.stderr, /layer "agent" failed/)
  t.regex(failed.stderr, /Input\/output error|No space left/)
  t.deepEqual(tracesOf(project), [])
  t.deepEqual(
    readdirSync(join(project.out, 'one')).filter((name) => name.endsWith('.qcow2')),
    [],
  )
  resize('300M')
  const next = await bake(project)
  t.is(next.code, 0, next.stderr)
  await assertWhole(t, 'one', project)
  t.true(isFileSystemClean(imagePath('one', project)))
  t.is(readGuest(imagePath('one', project), '/etc/box.json')?.includes('one'), true)
})

test('fault 30: a disk of the results with no space left leaves the published image as it was', async (t) => {
  const project = await tinyProject(t)
  smallDisk(t, project.out, '40M')
  t.is((await bake(project)).code, 0)
  const before = await assertWhole(t, 'one', project)
  newEdition(1, project)
  const failed = await bake(project)
  t.is(failed.code, 1)
  t.regex(
    failed.stderr,
    /one\.qcow2: qemu-img convert failed[\s\S]*No space left[\s\S]*the published image is unchanged/,
  )
  t.deepEqual(await assertWhole(t, 'one', project), before)
  t.deepEqual(tracesOf(project), [])
})

test('fault 30: a store with no space for the image itself is an error, not a hang', async (t) => {
  const project = await tinyProject(t)
  smallDisk(t, project.cache, '20M')
  const failed = await bake(project)
  t.is(failed.code, 1)
  t.regex(failed.stderr, /lab\/base\/build\.sh: layer "image" failed[\s\S]*No space left/)
  t.deepEqual(tracesOf(project), [])
})
