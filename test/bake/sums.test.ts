import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { boxFolder, type Manifest, manifestText } from '../../scripts/lib/bake/manifest.ts'
import { publishedSums, sumsFile, sumsFit } from '../../scripts/lib/bake/sums.ts'
import { emptyProject } from '../cache/_store.ts'
import { expectations, manifestOf, writePublished } from './_published.ts'

const image = {
  file: 'lab.qcow2',
  format: 'qcow2',
  bytes: 5,
  virtualBytes: 4096,
  sha256: sha256('image'),
  modified: 1,
} as const
const manifest = manifestOf({
  image,
  images: [image, { ...image, file: 'lab.raw', format: 'raw', sha256: sha256('raw') }],
})
const documents = { 'expectations.json': expectations, 'manifest.json': manifestText(manifest) }

const published = async (t: ExecutionContext): Promise<Project> => {
  const project = await emptyProject(t)
  for (const [name, text] of Object.entries({ ...documents, [sumsFile]: publishedSums(manifest, documents) }))
    await writePublished(name, text, project)
  return project
}

test('one line per file: digest, two spaces, name; images from the manifest, documents from their content', (t) => {
  t.is(
    publishedSums(manifest, { 'manifest.json': 'text' }),
    `${sha256('image')}  lab.qcow2\n${sha256('raw')}  lab.raw\n${sha256('text')}  manifest.json\n`,
  )
})

test('the list fits without an image being read: there is none here', async (t) => {
  t.true(await sumsFit(manifest, await published(t)))
})

const other: Manifest = { ...manifest, images: [image] }

for (const [what, change, given] of [
  ['the list is missing', (folder: string) => rm(join(folder, sumsFile)), manifest],
  ['expectations.json is missing', (folder: string) => rm(join(folder, 'expectations.json')), manifest],
  ['expectations.json is another', (folder: string) => writeFile(join(folder, 'expectations.json'), '{}'), manifest],
  ['manifest.json is another', (folder: string) => writeFile(join(folder, 'manifest.json'), '{}'), manifest],
  ['the list is cut', (folder: string) => writeFile(join(folder, sumsFile), publishedSums(manifest, {})), manifest],
  ['it lists another set of images', async () => {}, other],
] as const)
  test(`it does not fit when ${what}`, async (t) => {
    const project = await published(t)
    await change(boxFolder('lab', project))
    t.false(await sumsFit(given, project))
  })
