import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256File } from '../../scripts/lib/_helpers/hash.ts'
import { agentImageOf, checksLayer, writeOci } from '../../scripts/lib/bake/oci.ts'
import { readArchive, readLayout } from '../../scripts/lib/oci/layout.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { layoutFiles, smallImage, writeFiles } from '../oci/_image.ts'
import { box, file, layer } from '../plan/_rendered.ts'

const origin = { name: 'image', next: 'write it again' }
const etc = 'etc/datadog-agent'

const rendered = {
  box,
  layers: [
    layer('base', {}, [file('etc/motd', 'hello')]),
    layer('agent', { images: [{ name: 'agent', lab: 'lab/images/agent' }] }, [
      file(`${etc}/datadog.yaml`, 'site: datadoghq.com'),
      file(`${etc}/conf.d/web.d/conf.yaml`, 'instances: []', 0o640),
    ]),
    layer('app', {}, [file(`${etc}/conf.d/trial_app.d/conf.yaml`, 'logs: []'), file('opt/trial-app/app.py', 'pass')]),
    layer('checks', {}, [
      file(`${etc}/checks.d/my_metric.py`, 'pass', 0o755),
      file(`${etc}/conf.d/my_metric.d/conf.yaml`, 'instances: [{}]', 0o640),
    ]),
  ],
}

test('the image of the Agent’s container is the one to start from', (t) => {
  t.deepEqual(agentImageOf(rendered), { name: 'agent', lab: 'lab/images/agent' })
  t.is(agentImageOf({ layers: [layer('agent')] }), undefined)
  t.is(agentImageOf({ layers: [layer('app', { images: [{ name: 'agent', lab: 'x' }] })] }), undefined)
})

test('checks and their configuration are in the layer, what belongs to the box alone is told', (t) => {
  const { items, left } = checksLayer(rendered)
  t.deepEqual(
    items.map(({ path, mode, uid, gid }) => [path.replace(etc, ''), mode, uid, gid]),
    [
      ['/checks.d', 0o775, 100, 0],
      ['/conf.d', 0o775, 100, 0],
      ['/conf.d/my_metric.d', 0o775, 100, 0],
      ['/conf.d/web.d', 0o775, 100, 0],
      ['/checks.d/my_metric.py', 0o775, 100, 0],
      ['/conf.d/my_metric.d/conf.yaml', 0o660, 100, 0],
      ['/conf.d/web.d/conf.yaml', 0o660, 100, 0],
    ],
  )
  t.deepEqual(left, ['/etc/datadog-agent/conf.d/trial_app.d/conf.yaml: it is about files of this box'])
})

const local = async (t: ExecutionContext) => {
  const folder = await temporaryFolder(t)
  const below = await smallImage()
  writeFiles(join(folder, 'below'), layoutFiles(below))
  const image = await readLayout(join(folder, 'below'), origin)
  return { folder, image, blobPath: (hex: string) => join(folder, 'below/blobs/sha256', hex) }
}

test('the archive is the image with one more layer, the same each time, and nothing is left beside it', async (t) => {
  const { folder, image, blobPath } = await local(t)
  const written = []
  for (const name of ['one.tar', 'two.tar']) {
    const target = join(folder, name)
    const { sha256: digest } = await writeOci(rendered, { image, blobPath }, target, join(folder, 'scratch'))
    const { config, layers, ...read } = await readArchive(target, origin)
    t.is(read.sha256, digest)
    t.deepEqual(layers.slice(0, 1), image.layers)
    t.is(layers.length, 2)
    t.is(config.config?.Labels?.['org.opencontainers.image.version'], '1.0.0')
    t.deepEqual(config.config?.Cmd, ['/bin/entrypoint.sh'])
    written.push(await sha256File(target))
  }
  t.is(written[0], written[1])
  t.deepEqual(readdirSync(folder).sort(), ['below', 'one.tar', 'two.tar'])
})

test('an archive without a single check has an empty layer, and is whole', async (t) => {
  const { folder, image, blobPath } = await local(t)
  const target = join(folder, 'a.tar')
  await writeOci({ box, layers: [layer('agent')] }, { image, blobPath }, target, join(folder, 'scratch'))
  t.is((await readArchive(target, origin)).layers.length, 2)
})

const skopeo = existsSync('/usr/bin/skopeo') ? test : test.skip

skopeo('skopeo reads it, and copies it to a layout of the same digest', async (t) => {
  const { folder, image, blobPath } = await local(t)
  const target = join(folder, 'a.tar')
  const { sha256: digest } = await writeOci(rendered, { image, blobPath }, target, join(folder, 'scratch'))
  const environment = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder }
  const run = (...words: string[]) => spawnSync('skopeo', words, { encoding: 'utf8', env: environment })
  const seen = run('inspect', `oci-archive:${target}`)
  t.is(seen.status, 0, seen.stderr)
  t.is(JSON.parse(seen.stdout).Digest, `sha256:${digest}`)
  const copied = run('copy', '--insecure-policy', `oci-archive:${target}`, `oci:${join(folder, 'copy')}:latest`)
  t.is(copied.status, 0, copied.stderr)
  t.is((await readLayout(join(folder, 'copy'), origin)).sha256, digest)
})
