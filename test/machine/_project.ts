import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { compiledTests } from '../_bundle.mjs'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A whole project that bakes in a second or two: real engine and builder, on an image of some tens of MB that never boots. */
export interface TinyProject extends Project {
  /** The bundled verbs: `node VERBS bake …`. */
  readonly verbs: string
}

const files: Readonly<Record<string, string>> = {
  // The number of the edition stands in it: another edition is another image, and so nothing of the store fits any more.
  'lab/base/build.sh': 'cp --sparse=always -- "$(dirname -- "$0")/../../image.qcow2" "$1" # edition 0\n',
  'provision/10-base/root/etc/box.json.hbs': '{ "box": {{box.name}}, "version": {{box.version}} }\n',
  'provision/10-base/root/usr/bin/tool': '#!/bin/bash\necho tool\n',
  'provision/10-base/layer.yaml': 'owners:\n  - { path: /etc/box.json, owner: root, group: adm, mode: "0640" }\n',
  'provision/20-agent/provision.sh': 'head -c 3000000 /dev/urandom >/root/content\nsleep 0.1\n',
  'provision/90-seal/provision.sh': 'echo sealed >/root/sealed\n',
}

const boxFile = (name: string): string =>
  `box: ${name}\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\n`

export const write = (path: string, content: string, { tool }: Project): void => {
  mkdirSync(dirname(join(tool, path)), { recursive: true })
  writeFileSync(join(tool, path), content)
}

/** Changes what the base image is made from: from now on every layer is another one. */
export const newEdition = (edition: number, project: Project): void =>
  write('lab/base/build.sh', (files['lab/base/build.sh'] ?? '').replace('edition 0', `edition ${edition}`), project)

interface Shared {
  readonly verbs: string
  readonly image: string
}

let shared: Promise<Shared> | undefined

/** The tiny image, made once per test file, and the verbs, which are compiled once per change of the sources. */
const makeShared = async (): Promise<Shared> => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const image = join(folder, 'image.qcow2')
  const { status, stderr } = spawnSync('bash', [fileURLToPath(new URL('./_base.sh', import.meta.url)), image], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`no tiny image: ${stderr}`)
  return { image, verbs: join(await compiledTests(), 'test/machine/_verb.mjs') }
}

/** Two boxes, "one" and "two", that share their image and differ from the first layer on. */
export const tinyProject = async (t: ExecutionContext): Promise<TinyProject> => {
  shared ??= makeShared()
  const common = await shared
  const root = mkdtempSync(join(tmpdir(), 'boxhound-machine-'))
  const project = { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache'), verbs: common.verbs }
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  for (const folder of ['disk', 'packer', 'provision/_engine'])
    cpSync(join(repository, folder), join(root, folder), { recursive: true })
  cpSync(join(repository, 'provision/systems.yaml'), join(root, 'provision/systems.yaml'))
  cpSync(common.image, join(root, 'image.qcow2'))
  for (const [path, content] of Object.entries(files)) write(path, content, project)
  for (const name of ['one', 'two']) write(`boxes/${name}.yaml`, boxFile(name), project)
  chmodSync(join(root, 'provision/10-base/root/usr/bin/tool'), 0o755)
  return project
}
