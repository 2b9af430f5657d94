import { cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { upToDate } from '../../scripts/_fast.mjs'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { findPublished } from '../../scripts/lib/bake/bake.ts'
import { boxFolder, type Manifest, manifestText } from '../../scripts/lib/bake/manifest.ts'
import { readRefreshed } from '../../scripts/lib/bake/refresh.ts'
import { seeInputs, seeNamed, writeStamp } from '../../scripts/lib/bake/stamp.ts'
import { publishedSums, sumsFile } from '../../scripts/lib/bake/sums.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { planBox } from '../../scripts/lib/plan/plan.ts'
import type { Plan } from '../../scripts/lib/plan/planned-layer.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { manifestOf } from './_published.ts'

/** A project with one small box, `one`, and everything published of it that a bake with nothing to do looks at. */
export interface Stamped extends Project {
  readonly environment: NodeJS.ProcessEnv
  readonly write: (path: string, content: string) => void
}

const authority = `-----BEGIN CERTIFICATE-----\n`

const files: Readonly<Record<string, string>> = {
  'package.json': '{}\n',
  'package-lock.json': '{}\n',
  'scripts/verb.ts': 'export {}\n',
  'lab/base/build.sh': 'true\n',
  'provision/20-agent/provision.sh': 'echo one\n',
  'provision/90-seal/provision.sh': 'echo sealed\n',
  'boxes/one.yaml':
    'box: one\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\n',
  'elsewhere/network.pem': authority,
}

export const stampedProject = async (t: ExecutionContext): Promise<Stamped> => {
  const root = await temporaryFolder(t)
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const folder of ['disk', 'packer', 'provision/_engine', 'provision/systems.yaml'])
    cpSync(folder, join(root, folder), { recursive: true })
  for (const [path, content] of Object.entries(files)) write(path, content)
  const [out, cache] = [join(root, 'out'), join(root, 'cache')]
  return { tool: root, root, out, cache, write, environment: { HOME: root, BOXHOUND_OUT: out, BOXHOUND_CACHE: cache } }
}

const publishAs = (plan: Plan, project: Project): void => {
  const { name } = plan.rendered.box
  const folder = boxFolder(name, project)
  mkdirSync(join(folder, 'verify'), { recursive: true })
  const image = join(folder, `${name}.qcow2`)
  writeFileSync(image, 'an image')
  const one = { file: `${name}.qcow2`, format: 'qcow2' as const, bytes: 8, virtualBytes: 8, sha256: 'sha' }
  const published = { ...one, modified: statSync(image).mtimeMs }
  const manifest: Manifest = {
    ...manifestOf({ image: published, images: [published] }, plan.layers.at(-1)?.id),
    box: name,
  }
  const documents = { 'expectations.json': '{}\n', 'manifest.json': manifestText(manifest) }
  for (const [file, text] of Object.entries(documents)) writeFileSync(join(folder, file), text)
  writeFileSync(join(folder, sumsFile), publishedSums(manifest, documents))
  writeFileSync(join(folder, 'verify/results.json'), '{}')
}

/** Ten seconds on: nothing that a test has written is so new any more that it could not be trusted. */
export const soon = (): number => Date.now() + 10_000

/** What a bake with nothing to do reads and writes, when the box has been published just before. */
export const bakeAgain = async (
  project: Stamped,
  nameOrFile: string,
  { started = soon(), now = soon() } = {},
): Promise<void> => {
  const { environment } = project
  const planned = async () => {
    const inputs = seeInputs(nameOrFile, project, environment)
    const box = await loadBox(nameOrFile, project)
    const seen = seeNamed(inputs, box, project)
    const refreshed = await readRefreshed(box.name, false, project)
    return { seen, plan: await planBox(await renderBox(box, project), { now: Date.now(), ...refreshed }, project) }
  }
  const first = await planned()
  if ((await findPublished(first.plan, project)) === undefined) publishAs(first.plan, project)
  const { seen, plan } = await planned()
  const told = { text: () => 'up to date', verdict: async () => 'already verified' }
  await writeStamp(seen, plan, told, project, { started, now, environment })
}

/** What the next bake answers at once; undefined: it goes the whole way. */
export const answer = (
  { tool, root, environment }: Stamped,
  words: readonly string[] = ['one'],
  more: NodeJS.ProcessEnv = {},
  now = soon(),
): string | undefined => upToDate(words, { tool, root }, { ...environment, ...more }, now)
