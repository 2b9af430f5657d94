import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { readDraft, readPublished } from '../../scripts/lib/boot/published-image.ts'

const content = 'an image'
const digest = createHash('sha256').update(content).digest('hex')

const project = (t: import('ava').ExecutionContext) => {
  const root = mkdtempSync(join(tmpdir(), 'boxhound-published-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'out', 'one')
  mkdirSync(folder, { recursive: true })
  return { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache'), folder }
}

test('a published image is taken when its bytes are the ones of the manifest', async (t) => {
  const at = project(t)
  writeFileSync(join(at.folder, 'one.qcow2'), content)
  writeFileSync(join(at.folder, 'manifest.json'), JSON.stringify({ image: { file: 'one.qcow2', sha256: digest } }))
  writeFileSync(join(at.folder, 'expectations.json'), '{}')
  t.is((await readPublished('one', at)).sha256, digest)
  writeFileSync(join(at.folder, 'one.qcow2'), `${content}!`)
  const error = await t.throwsAsync(() => readPublished('one', at), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_IMAGE_DIGEST')
})

test('a draft is hashed before it is booted, and a missing one is told with the verb that makes it', async (t) => {
  const at = project(t)
  const missing = await t.throwsAsync(() => readDraft('one', at), { instanceOf: BoxhoundError })
  t.is(missing.details.next, 'npm run bake -- one --draft')
  const file = join(at.root, 'overlay.qcow2')
  writeFileSync(file, content)
  writeFileSync(join(at.folder, 'draft.json'), JSON.stringify({ file, sha256: digest, seed: 'nocloud' }))
  t.deepEqual(await readDraft('one', at), { image: file, sha256: digest, seed: 'nocloud' })
  writeFileSync(file, 'damaged')
  const damaged = await t.throwsAsync(() => readDraft('one', at), { instanceOf: BoxhoundError })
  t.is(damaged.code, 'E_IMAGE_DIGEST')
})

test('fault 70: cut files of a publication and of a draft are told with what makes them anew', async (t) => {
  const at = project(t)
  for (const text of ['', '{"image":', 'null', '[]']) {
    writeFileSync(join(at.folder, 'manifest.json'), text)
    writeFileSync(join(at.folder, 'draft.json'), text)
    const image = await t.throwsAsync(() => readPublished('one', at), { instanceOf: BoxhoundError, code: 'E_STATE' })
    t.is(image.details.next, 'npm run bake -- one')
    const draft = await t.throwsAsync(() => readDraft('one', at), { instanceOf: BoxhoundError, code: 'E_STATE' })
    t.is(draft.details.next, 'npm run bake -- one --draft')
  }
})
