// Stages a layer as the folder that the engine reads.

import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { secretShapes } from '../box/secret-shapes.ts'
import { accountRows } from '../render/layer-accounts.ts'
import type { RenderedFile } from '../render/rendered-box.ts'
import type { PlannedLayer } from './planned-layer.ts'

/** Asks a builder to look at what a layer of the user's has left (packer/chroot/survey.py). */
const surveyFile = 'survey.json'

/** What a family tells a builder about a mounted image: sourced outside of it, and not staged. */
const forHost = 'host.sh'

/** Rows for the engine's `read`: a tab or newline inside a value would shift every column behind it. */
const table = (rows: readonly (readonly string[])[]): string => {
  for (const cell of rows.flat())
    if (/[\t\n]/.test(cell) || cell === '')
      throw new BoxhoundError('E_STAGE', 'a value in layer.yaml is empty or holds a tab or a newline', {
        found: JSON.stringify(cell),
        exitCode: 2,
      })
  return rows.map((row) => `${row.join('\t')}\n`).join('')
}

const writeTree = async (folder: string, files: readonly RenderedFile[]): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const { path, mode, content } of files) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
    await chmod(target, mode) // not with writeFile, which applies the umask
  }
}

/**
 * Writes a planned layer as the folder that provision/_engine/apply.sh reads, without what comes from outside: wheels, and repositories
 * with their keyrings (repositories.tsv).
 *
 * @param folder becomes `apply.sh` and what it sources, `*.list`, `*.tsv`, `root/`, `scripts/`, `data/`; mounted at /run/boxhound/layer in the target.
 */
export const stageLayer = async (layer: PlannedLayer, folder: string, project: Project): Promise<void> => {
  if (layer.rendered === null) {
    // What makes the image runs on the host and may need a download first: bake/base.ts names it.
    await mkdir(folder, { recursive: true })
    return
  }
  const { spec, files, scripts, data } = layer.rendered
  await writeTree(join(folder, 'root'), files)
  await writeTree(join(folder, 'scripts'), scripts)
  if (data.length > 0) await writeTree(join(folder, 'data'), data)
  const early = spec.early.map((path) => path.replace(/^\//, ''))
  const absent = early.find((path) => !files.some((file) => file.path === path))
  if (absent !== undefined)
    throw new BoxhoundError('E_STAGE', 'layer.yaml lists an early file that the layer does not contain', {
      expected: 'a file of root/',
      found: `/${absent}`,
      exitCode: 2,
    })
  const lists: Record<string, string> = {
    'packages.list': table(spec.packages.map((name) => [name])),
    'suites.list': table(spec.suites.map((name) => [name])),
    'hold.list': table(spec.hold.map((name) => [name])),
    'early.list': table(early.map((path) => [path])),
    'owners.tsv': table(
      spec.owners.map(({ path, owner, group, mode, recursive }) => [
        path,
        owner,
        group,
        mode ?? '-',
        recursive === true ? 'yes' : 'no',
      ]),
    ),
    'units.tsv': table(
      (['enable', 'disable', 'mask'] as const).flatMap((verb) => spec.units[verb].map((unit) => [verb, unit])),
    ),
  }
  if (layer.rendered.own !== undefined)
    await writeFile(join(folder, surveyFile), JSON.stringify({ layer: layer.name, shapes: secretShapes }))
  const accounts = accountRows(spec)
  if (accounts.length > 0) lists['accounts.tsv'] = table(accounts)
  for (const [name, content] of Object.entries(lists)) await writeFile(join(folder, name), content)
  const engine = join(project.tool, 'provision/_engine')
  await copyFile(join(engine, 'apply.sh'), join(folder, 'apply.sh'))
  for (const name of await readdir(join(engine, layer.engine)))
    if (name !== forHost) await copyFile(join(engine, layer.engine, name), join(folder, name))
}
