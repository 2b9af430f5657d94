import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { readText, saveText } from '../../scripts/lib/base/save.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('a text is saved with the file’s own mode, through a link, and nothing stays beside it', async (t) => {
  const folder = await temporaryFolder(t)
  const [file, link] = [join(folder, 'box.yaml'), join(folder, 'link.yaml')]
  writeFileSync(file, '\uFEFFold\r\n')
  chmodSync(file, 0o640)
  symlinkSync('box.yaml', link)
  const before = await readText(link)
  t.is(before, '\uFEFFold\r\n')
  await saveText(link, before, '\uFEFFnew\r\n')
  t.deepEqual(readFileSync(file), Buffer.from('\uFEFFnew\r\n'))
  t.is(statSync(file).mode & 0o7777, 0o640)
  t.true(lstatSync(link).isSymbolicLink())
  t.deepEqual(readdirSync(folder).sort(), ['box.yaml', 'link.yaml'])
})

test('what somebody saved in the meantime is not overwritten', async (t) => {
  const file = join(await temporaryFolder(t), 'box.yaml')
  writeFileSync(file, 'theirs')
  await t.throwsAsync(saveText(file, 'old', 'new'), { code: 'E_BOX_CHANGED' })
  t.is(readFileSync(file, 'utf8'), 'theirs')
})

// Only root may give a file away.
const rooted = process.getuid?.() === 0 ? test : test.skip

rooted('by sudo a file stays its owner’s', async (t) => {
  const file = join(await temporaryFolder(t), 'box.yaml')
  writeFileSync(file, 'old')
  chownSync(file, 1234, 2345)
  await saveText(file, 'old', 'new')
  const { uid, gid } = statSync(file)
  t.deepEqual([uid, gid], [1234, 2345])
})
