// Writes the rendered tree to disk.

import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { temporaryName } from '../_helpers/atomic.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { layerNames } from '../box/layer-names.ts'
import type { Rendered, RenderedFile, RenderedLayer } from './rendered-box.ts'

const numbers: Readonly<Record<(typeof layerNames)[number], number>> = {
  base: 10,
  agent: 20,
  database: 30,
  app: 40,
  packages: 45,
  checks: 50,
  seal: 90,
}

const isOurs = (name: string): name is keyof typeof numbers => Object.hasOwn(numbers, name)

/** Folders that follow the one of a layer's anchor share its tens. */
const numberOf = ({ name, own }: Pick<RenderedLayer, 'name' | 'own'>): number => {
  if (own !== undefined) return numbers[own.after] + Math.min(own.index + 1, 9)
  return isOurs(name) ? numbers[name] : 0
}

/** `30-database`: the folder of a layer in a rendered tree, numbered as under provision/. */
export const layerFolder = (layer: Pick<RenderedLayer, 'name' | 'own'>): string => `${numberOf(layer)}-${layer.name}`

const octal = (mode: number): string => mode.toString(8).padStart(4, '0')

const writeFiles = async (folder: string, files: readonly RenderedFile[]): Promise<void> => {
  for (const { path, mode, content } of files) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    await chmod(file, mode)
  }
}

const entry = ({ path, mode, source, language }: RenderedFile) => ({ path, mode: octal(mode), source, language })

/** The contents of layer.json. */
export const layerData = ({ name, folders, spec, files, scripts, data }: RenderedLayer) => ({
  name,
  folders,
  spec,
  files: files.map(entry),
  scripts: scripts.map(entry),
  ...(data.length === 0 ? {} : { data: data.map(entry) }),
})

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const writeTree = async ({ layers, expectations }: Rendered, folder: string): Promise<void> => {
  for (const layer of layers) {
    const target = join(folder, 'layers', layerFolder(layer))
    await mkdir(target, { recursive: true })
    await writeFile(join(target, 'layer.json'), json(layerData(layer)))
    await writeFiles(join(target, 'root'), layer.files)
    await writeFiles(join(target, 'scripts'), layer.scripts)
    await writeFiles(join(target, 'data'), layer.data)
  }
  await writeFile(join(folder, 'expectations.json'), json(expectations))
}

/** Only replaces a tree that this program wrote, or an empty folder: `--out .` must not empty somebody's folder. */
const assertOwn = async (folder: string): Promise<void> => {
  if (!existsSync(folder)) return
  const names = await readdir(folder)
  if (names.every((name) => name === 'layers' || name === 'expectations.json')) return
  throw new BoxhoundError('E_OUT', 'the output folder holds something other than a rendered box', {
    file: folder,
    exitCode: 2,
    expected: 'a new folder, an empty one, or an earlier result',
    found: names.slice(0, 5).join(', '),
    next: 'choose another folder with --out',
  })
}

/**
 * Atomically writes `layers/NN-NAME/{layer.json,root/…,scripts/…,data/…}` and `expectations.json`. An earlier tree stays until the new one is
 * complete.
 *
 * @throws BoxhoundError E_OUT when the folder holds anything else.
 */
export const writeRendered = async (rendered: Rendered, out: string): Promise<void> => {
  const folder = resolve(out)
  await assertOwn(folder)
  await mkdir(dirname(folder), { recursive: true })
  const [fresh, old] = [temporaryName(folder), `${temporaryName(folder)}.old`]
  try {
    await mkdir(fresh)
    await writeTree(rendered, fresh)
    if (existsSync(folder)) await rename(folder, old)
    await rename(fresh, folder)
  } catch (error) {
    if (existsSync(old) && !existsSync(folder)) await rename(old, folder)
    throw error
  } finally {
    await rm(fresh, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}
