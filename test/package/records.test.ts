import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { isThere, readRecords, withRecord, writeRecords } from '../../scripts/lib/package/records.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { record } from './_records.ts'

const made = async (t: ExecutionContext): Promise<{ project: Project; folder: string; list: string }> => {
  const root = await temporaryFolder(t)
  const project = { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache') }
  const folder = join(project.out, 'lab')
  await mkdir(folder, { recursive: true })
  return { project, folder, list: join(folder, 'boxes.json') }
}

test('without a list there are no boxes, and asking makes none', async (t) => {
  const { project, folder } = await made(t)
  t.deepEqual(await readRecords('lab', project), [])
  await rm(folder, { recursive: true })
  t.deepEqual(await readRecords('lab', project), [])
  await t.throwsAsync(stat(folder), { code: 'ENOENT' })
})

test('what was written is read again', async (t) => {
  const { project, folder } = await made(t)
  const records = [record('1.0.0', 'libvirt'), record('1.0.0', 'virtualbox'), record('1.1.0', 'libvirt')]
  await writeRecords('lab', records, project)
  t.deepEqual(await readRecords('lab', project), records)
  t.deepEqual(await readdir(folder), ['boxes.json'])
})

for (const [what, text] of [
  ['cut off', `${JSON.stringify([record('1.0.0', 'libvirt')]).slice(0, -20)}`],
  ['empty', ''],
  ['no list', '{}'],
  ['without a digest', JSON.stringify([{ ...record('1.0.0', 'libvirt'), sha256: undefined }])],
  ['of another provider', JSON.stringify([{ ...record('1.0.0', 'libvirt'), provider: 'vmware' }])],
] as const)
  test(`a list that is ${what} is an error with a next step, and is not made anew`, async (t) => {
    const { project, list } = await made(t)
    await writeFile(list, text)
    const error = await t.throwsAsync(readRecords('lab', project), { instanceOf: BoxhoundError, code: 'E_RECORDS' })
    t.is(error.exitCode, 1)
    t.is(error.details.file, list)
    t.regex(error.details.next ?? '', /npm run package -- lab/)
    t.is(await readFile(list, 'utf8'), text)
  })

test('a folder in the place of the list is such an error as well', async (t) => {
  const { project, list } = await made(t)
  await mkdir(list)
  await t.throwsAsync(readRecords('lab', project), { instanceOf: BoxhoundError, code: 'E_RECORDS' })
})

test('a record takes the place of the one of its version and provider, and of no other', (t) => {
  const [old, other, later] = [record('1.0.0', 'libvirt'), record('1.0.0', 'virtualbox'), record('1.1.0', 'libvirt')]
  const renewed = record('1.0.0', 'libvirt', { sha256: 'd'.repeat(64) })
  t.deepEqual(withRecord([old, other, later], renewed), [other, later, renewed])
  t.deepEqual(withRecord([other], later), [other, later])
})

test('a box is there while its file has the size and time that were recorded', async (t) => {
  const { project, folder } = await made(t)
  const one = record('1.0.0', 'libvirt')
  const path = join(folder, one.file)
  const place = async (content: string, modified: number): Promise<boolean> => {
    await writeFile(path, content)
    await utimes(path, modified / 1000, modified / 1000)
    return isThere('lab', one, project)
  }
  t.false(await isThere('lab', one, project), 'no file')
  t.true(await place('box', one.modified))
  t.false(await place('boxes', one.modified), 'another size')
  t.false(await place('box', one.modified + 1000), 'another time')
})
