import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { readLayout } from '../../scripts/lib/oci/layout.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { describe, layoutFiles, smallImage, writeFiles } from '../oci/_image.ts'

const script = 'provision/40-app/_container/data/append_layer.py'
const origin = { name: 'layout', next: 'make it again' }

const append = (...words: string[]): string => {
  const { status, stdout, stderr } = spawnSync('python3', ['-I', script, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

/** An app's folder, whose times differ with each call. */
const appFolder = async (t: ExecutionContext): Promise<string> => {
  const folder = await temporaryFolder(t)
  mkdirSync(join(folder, 'app/venv'), { recursive: true })
  writeFileSync(join(folder, 'app/app.py'), 'pass\n')
  symlinkSync('/usr/bin/python3', join(folder, 'app/venv/python'))
  utimesSync(join(folder, 'app/app.py'), new Date(), new Date())
  return folder
}

test('the app is a layer on top, its links kept and its folders made', async (t) => {
  const folder = await appFolder(t)
  const below = await smallImage()
  writeFiles(join(folder, 'layout'), layoutFiles(below))
  const digest = append(join(folder, 'layout'), join(folder, 'new'), join(folder, 'app'))
  const image = await readLayout(join(folder, 'new'), origin)
  t.is(`sha256:${image.sha256}`, digest)
  t.is(image.layers.length, 2)
  t.is(image.layers[0]?.sha256, sha256(below.layer))
  t.deepEqual(image.config.config?.Cmd, ['/bin/entrypoint.sh'])
  const layer = join(folder, 'new/blobs/sha256', image.layers[1]?.sha256 ?? '')
  const { stdout } = spawnSync('tar', ['-tvzf', layer, '--numeric-owner'], { encoding: 'utf8' })
  const path = folder.slice(1)
  t.regex(stdout, new RegExp(`^drwx\\S+ 0/0 .* ${path}/$`, 'm'))
  t.regex(stdout, new RegExp(`^-rw\\S+ 0/0 .* 2026-01-01 .*${path}/app/app.py$`, 'm'))
  t.regex(stdout, new RegExp(`${path}/app/venv/python -> /usr/bin/python3$`, 'm'))
  const archive = spawnSync('gzip', ['-dc', layer]).stdout
  t.is(image.config.rootfs.diff_ids[1], `sha256:${sha256(archive)}`)
})

test('the same files give the same digest, whatever their times', async (t) => {
  const folder = await appFolder(t)
  writeFiles(join(folder, 'layout'), layoutFiles(await smallImage()))
  const first = append(join(folder, 'layout'), join(folder, 'one'), join(folder, 'app'))
  for (const name of ['', 'app', 'app/venv', 'app/app.py']) utimesSync(join(folder, name), new Date(7), new Date(7))
  t.is(append(join(folder, 'layout'), join(folder, 'two'), join(folder, 'app')), first)
  writeFileSync(join(folder, 'app/app.py'), 'edited\n')
  t.not(append(join(folder, 'layout'), join(folder, 'three'), join(folder, 'app')), first)
})

test('an image of docker’s media types becomes one of OCI’s', async (t) => {
  const folder = await appFolder(t)
  const plain = await smallImage()
  const docker = await smallImage({
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: describe(plain.config, 'application/vnd.docker.container.image.v1+json'),
    layers: [describe(plain.layer, 'application/vnd.docker.image.rootfs.diff.tar.gzip')],
  })
  writeFiles(join(folder, 'layout'), layoutFiles(docker))
  append(join(folder, 'layout'), join(folder, 'new'), join(folder, 'app'))
  const { manifest } = await readLayout(join(folder, 'new'), origin)
  t.true(manifest.layers.every(({ mediaType }) => mediaType === 'application/vnd.oci.image.layer.v1.tar+gzip'))
})

test('a path that does not exist stops it', async (t) => {
  const folder = await appFolder(t)
  writeFiles(join(folder, 'layout'), layoutFiles(await smallImage()))
  t.throws(() => append(join(folder, 'layout'), join(folder, 'new'), join(folder, 'nothing')), { message: /nothing/ })
  t.truthy(readFileSync(join(folder, 'layout/index.json')))
})
