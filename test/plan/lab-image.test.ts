import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { configDocument } from '../../scripts/lib/oci/documents.ts'
import { readLabImage } from '../../scripts/lib/plan/lab-image.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

test('every image of the lab has a config that OCI knows', (t) => {
  const folders = readdirSync('lab/images', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  t.true(folders.length > 0)
  for (const { name } of folders) {
    const { config } = readLabImage(join('lab/images', name))
    t.true(configDocument.shape.config.safeParse(config).success, name)
  }
})

test('an image.json that is invalid is refused', async (t) => {
  const folder = await temporaryFolder(t)
  mkdirSync(folder, { recursive: true })
  for (const text of [
    '{',
    '[]',
    '{}',
    '{ "config": [] }',
    '{ "config": {}, "package": 1 }',
    '{ "config": {}, "x": 1 }',
  ]) {
    writeFileSync(join(folder, 'image.json'), text)
    const error = t.throws(() => readLabImage(folder), { instanceOf: BoxhoundError, code: 'E_LAB_IMAGE' }, text)
    t.is(error?.details.file, join(folder, 'image.json'))
  }
})
