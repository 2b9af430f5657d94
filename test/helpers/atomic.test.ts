import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { clearTemporary, publishFile, temporaryName, writeAtomic } from '../../scripts/lib/_helpers/atomic.ts'
import { ownName } from '../../scripts/lib/_helpers/holder.ts'
import { temporaryFolder } from './_folder.ts'

test('a file is written whole, in a folder made for it, and nothing stays beside it', async (t) => {
  const folder = await temporaryFolder(t)
  await writeAtomic(join(folder, 'a/b/file'), 'one')
  await writeAtomic(join(folder, 'a/b/file'), 'two')
  t.is(await readFile(join(folder, 'a/b/file'), 'utf8'), 'two')
  t.deepEqual(await readdir(join(folder, 'a/b')), ['file'])
})

test.serial('the mode is the one asked for, whatever the umask', async (t) => {
  const folder = await temporaryFolder(t)
  const before = process.umask(0o077)
  t.teardown(() => process.umask(before))
  await writeAtomic(join(folder, 'open'), '', 0o666)
  await writeAtomic(join(folder, 'closed'), '', 0o600)
  t.is((await stat(join(folder, 'open'))).mode & 0o777, 0o666)
  t.is((await stat(join(folder, 'closed'))).mode & 0o777, 0o600)
})

test('fault 30: when the write fails, what stood there stays and nothing half-written is left', async (t) => {
  const folder = await temporaryFolder(t)
  // A folder with something in it cannot be replaced by a file: the last step, the rename, fails.
  await mkdir(join(folder, 'taken/inside'), { recursive: true })
  await t.throwsAsync(writeAtomic(join(folder, 'taken'), 'new'))
  t.deepEqual(await readdir(folder), ['taken'])
  t.deepEqual(await readdir(join(folder, 'taken')), ['inside'])
})

test('a temporary name lies beside its file, never twice the same, and names its process', async (t) => {
  const folder = await temporaryFolder(t)
  const [one, two] = [temporaryName(join(folder, 'x')), temporaryName(join(folder, 'x'))]
  t.not(one, two)
  t.true(one.startsWith(join(folder, `.tmp-${ownName()}-`)))
  await writeFile(one, 'content')
  await publishFile(one, join(folder, 'x'))
  t.deepEqual(await readdir(folder), ['x'])
})

test('fault 26: half-written files of dead processes are cleared, those of living ones and all others stay', async (t) => {
  const folder = await temporaryFolder(t)
  const mine = temporaryName(join(folder, 'x'))
  await writeFile(mine, '')
  for (const name of [`.tmp-${process.pid}-1-aaaaaaaa`, '.tmp-999999999-5-bbbbbbbb', '.tmp-odd', 'file'])
    await writeFile(join(folder, name), '')
  await clearTemporary(folder)
  t.deepEqual((await readdir(folder)).sort(), ['.tmp-odd', mine.slice(folder.length + 1), 'file'].sort())
  await t.notThrowsAsync(clearTemporary(join(folder, 'absent')))
})
