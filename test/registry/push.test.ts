import { writeFile } from 'node:fs/promises'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { overlayPath } from '../../scripts/lib/cache/store.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import { connect, fullStore, makeLayer, push } from './_layers.ts'
import { fakeRegistry } from './_registry.ts'

test('layers are sent once: a second push sends nothing', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  const first = await push(connect(t, fake), layers, project)
  t.is(first.states, 'image:sent base:sent checks:sent seal:sent')
  t.true(first.pushed.every(({ bytes }) => bytes > 300_000))
  const again = await push(connect(t, fake), layers, project)
  t.is(again.states, 'image:there base:there checks:there seal:there')
  t.true(again.pushed.every(({ bytes }) => bytes === 0))
  t.is(fake.log.filter((line) => line.startsWith('PATCH')).length, 8)
})

test('what is published is an OCI manifest of types of our own, whose record names the very parent', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  await push(connect(t, fake), layers, project)
  const manifest = JSON.parse(fake.manifests.get(idOf('seal'))?.toString() ?? '')
  t.is(manifest.mediaType, 'application/vnd.oci.image.manifest.v1+json')
  t.is(manifest.artifactType, 'application/vnd.boxhound.layer.v1')
  const record = JSON.parse(fake.blobs.get(manifest.config.digest.slice(7))?.toString() ?? '')
  t.is(record.parent, idOf('checks'))
  t.is(record.parentSha256, layers[2]?.sha256)
  t.is(record.sha256, layers[3]?.sha256)
  t.deepEqual(record.packages, [{ name: 'bash', version: '5.2', source: 'bash' }])
})

test('a dry run says what would be sent and sends nothing', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  const { states } = await push(connect(t, fake), layers, project, { dryRun: true })
  t.is(states, 'image:missing base:missing checks:missing seal:missing')
  t.is(fake.manifests.size + fake.blobs.size, 0)
})

test('a layer of another machine stays, and what stands on our own build of it is left out', async (t) => {
  const fake = await fakeRegistry(t)
  const [theirs, ours] = [await fullStore(t), await fullStore(t)]
  await push(connect(t, fake), theirs.layers.slice(0, 2), theirs.project)
  const { states } = await push(connect(t, fake), ours.layers, ours.project)
  t.is(states, 'image:other base:other checks:left seal:left')
  t.is(fake.manifests.size, 2)
})

test('--replace puts our own build in its place, and all that stands on it', async (t) => {
  const fake = await fakeRegistry(t)
  const [theirs, ours] = [await fullStore(t), await fullStore(t)]
  await push(connect(t, fake), theirs.layers, theirs.project)
  const { states } = await push(connect(t, fake), ours.layers, ours.project, { replace: true })
  t.is(states, 'image:sent base:sent checks:sent seal:sent')
  t.is((await push(connect(t, fake), ours.layers, ours.project)).states.match(/there/g)?.length, 4)
})

test('a published layer that fits no parent there any more is no hindrance', async (t) => {
  const fake = await fakeRegistry(t)
  const [theirs, ours] = [await fullStore(t), await fullStore(t)]
  await push(connect(t, fake), theirs.layers, theirs.project)
  fake.manifests.delete(idOf('image'))
  const { states } = await push(connect(t, fake), ours.layers, ours.project)
  t.is(states, 'image:sent base:sent checks:sent seal:sent')
})

test('a blob that the registry has lost is sent again, and a manifest that cannot be read is replaced', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  await push(connect(t, fake), layers, project)
  const manifest = JSON.parse(fake.manifests.get(idOf('base'))?.toString() ?? '')
  fake.blobs.delete(manifest.layers[0].digest.slice(7))
  fake.manifests.set(idOf('checks'), Buffer.from('{}'))
  const { states, lines } = await push(connect(t, fake), layers, project)
  t.is(states, 'image:there base:sent checks:sent seal:there')
  t.regex(lines.join(), /layer "checks": the registry has a manifest of another form/)
})

test('a damaged layer is not sent', async (t) => {
  const fake = await fakeRegistry(t)
  const project = await emptyProject(t)
  const layer = await makeLayer(project, 'image', null)
  await writeFile(overlayPath(layer.id, project), 'something else')
  const error = await t.throwsAsync(push(connect(t, fake), [layer], project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_LAYER_DAMAGED')
  t.is(fake.manifests.size, 0)
})

test('an upload that breaks off goes on where it ended', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  fake.faults.breakUploads = [100_000]
  const { states, lines, pushed } = await push(connect(t, fake), layers.slice(0, 1), project)
  t.is(states, 'image:sent')
  t.true(lines.includes('resuming the upload at 100 kB'), lines.join())
  t.true((pushed[0]?.bytes ?? 0) < 600_000)
})

test('an upload that the registry has dropped begins anew', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  Object.assign(fake.faults, { breakUploads: [100_000], forgetful: true })
  t.is((await push(connect(t, fake), layers.slice(0, 1), project)).states, 'image:sent')
  t.is(fake.log.filter((line) => line === 'POST blobs/uploads/…' || line === 'POST blobs/uploads/').length, 3)
})

test('an upload whose broken piece was counted wrong begins anew when its digest shows that', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  Object.assign(fake.faults, { breakUploads: [100_000], miscounts: true })
  const { states, lines } = await push(connect(t, fake), layers.slice(0, 1), project)
  t.is(states, 'image:sent')
  t.regex(lines.join('\n'), /DIGEST_INVALID: no \[31m\): restarting the upload/, 'without what would move a cursor')
})

test('an upload that never gets through ends after a bounded number of tries', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  fake.faults.breakUploads = Array.from({ length: 50 }, () => 1000)
  const error = await t.throwsAsync(push(connect(t, fake), layers, project), { instanceOf: BoxhoundError })
  t.regex(error.code, /^E_FETCH_/)
  t.is(fake.manifests.size, 0, 'no tag names what is not there')
})

test('what a registry does not allow is told in its own words', async (t) => {
  const fake = await fakeRegistry(t)
  const { project, layers } = await fullStore(t)
  fake.faults.intercept = ({ method }, response) => {
    if (method !== 'POST') return false
    response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"read-only"}]}')
    return true
  }
  const error = await t.throwsAsync(push(connect(t, fake), layers, project), { instanceOf: BoxhoundError })
  t.is(error.code, 'E_REGISTRY_DENIED')
  t.regex(error.details.found ?? '', /status 403, DENIED: read-only/)
})
