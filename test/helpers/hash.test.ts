import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sha256, sha256File, sha256Files } from '../../scripts/lib/_helpers/hash.ts'
import { temporaryFolder } from './_folder.ts'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' // of "abc", FIPS 180-2

test('SHA-256 of a text, of bytes and of a file are one', async (t) => {
  const file = join(await temporaryFolder(t), 'abc')
  await writeFile(file, 'abc')
  t.is(sha256('abc'), abc)
  t.is(sha256(Buffer.from('abc')), abc)
  t.is(await sha256File(file), abc)
})

test('many files on few threads get each its own digest', async (t) => {
  const folder = await temporaryFolder(t)
  const contents = new Map<string, Buffer>()
  for (let n = 0; n < 7; n++) contents.set(join(folder, `${n}`), Buffer.alloc(n * 700_000, n))
  for (const [path, content] of contents) await writeFile(path, content)
  const digests = await sha256Files([...contents.keys()])
  t.is(digests.size, contents.size)
  for (const [path, content] of contents) t.is(digests.get(path), sha256(content))
})

test('a file that cannot be read has no digest, and the others have theirs', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'abc'), 'abc')
  const digests = await sha256Files([join(folder, 'absent'), join(folder, 'abc'), folder])
  t.is(digests.get(join(folder, 'abc')), abc)
  t.regex(digests.get(join(folder, 'absent')) ?? '', /ENOENT/)
  t.regex(digests.get(folder) ?? '', /EISDIR/)
})

test('no files, no work', async (t) => {
  t.is((await sha256Files([])).size, 0)
})
