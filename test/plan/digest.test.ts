import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { digestFolder } from '../../scripts/lib/plan/digest.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

const tree = async (folder: string): Promise<void> => {
  await mkdir(join(folder, 'src/deep'), { recursive: true })
  await writeFile(join(folder, 'build.sh'), 'build')
  await writeFile(join(folder, 'src/deep/a.py'), 'a')
}

test('the same files have the same digest wherever they lie', async (t) => {
  const [one, two] = [await temporaryFolder(t), await temporaryFolder(t)]
  await tree(one)
  await tree(two)
  t.is(await digestFolder(one), await digestFolder(two))
})

test('tests, caches and documentation don’t count', async (t) => {
  const folder = await temporaryFolder(t)
  await tree(folder)
  const before = await digestFolder(folder)
  for (const name of ['tests', 'test', 'src/__pycache__', 'node_modules']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'x.py'), 'x')
  }
  await writeFile(join(folder, 'src/README.md'), 'x')
  t.is(await digestFolder(folder), before)
})

test('content, name, place and executable bit of each file count', async (t) => {
  const folder = await temporaryFolder(t)
  await tree(folder)
  const digests = [await digestFolder(folder)]
  await writeFile(join(folder, 'src/deep/a.py'), 'b')
  digests.push(await digestFolder(folder))
  await rename(join(folder, 'src/deep/a.py'), join(folder, 'src/deep/b.py'))
  digests.push(await digestFolder(folder))
  await rename(join(folder, 'src/deep/b.py'), join(folder, 'src/b.py'))
  digests.push(await digestFolder(folder))
  await chmod(join(folder, 'src/b.py'), 0o755)
  digests.push(await digestFolder(folder))
  await writeFile(join(folder, 'tests.py'), 'not a test folder')
  digests.push(await digestFolder(folder))
  t.is(new Set(digests).size, digests.length)
})

test('a single file can be an input as well', async (t) => {
  const folder = await temporaryFolder(t)
  await tree(folder)
  t.is(await digestFolder(join(folder, 'build.sh')), sha256('build'))
})
