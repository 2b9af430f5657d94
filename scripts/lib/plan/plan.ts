// Chained layer ids, and the refresh period.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { readPlain } from '../_helpers/plain-file.ts'
import type { Box } from '../box/box.ts'
import type { Rendered, RenderedFile, RenderedLayer } from '../render/rendered-box.ts'
import { familyOf } from '../systems/families.ts'
import { digestFolder } from './digest.ts'
import { readLabImage } from './lab-image.ts'
import type { Plan, PlannedLayer } from './planned-layer.ts'

export interface PlanOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Set by `--refresh`: packages are installed afresh from then on. */
  readonly refreshed?: number
}

/** Start (inclusive) and end (exclusive) of the refresh period of `now`; milliseconds since 1970. */
export const periodBounds = (
  { refreshDays }: Pick<Box, 'refreshDays'>,
  now: number,
): { readonly from: number; readonly until: number } => {
  const length = refreshDays * 86_400_000
  const from = Math.floor(now / length) * length
  return { from, until: from + length }
}

/**
 * The refresh period of layers with packages, a number that changes every `refreshDays`, and at once with `--refresh`, so that security
 * updates arrive.
 */
export const refreshPeriod = ({ refreshDays }: Box, { now, refreshed }: PlanOptions): string => {
  const length = refreshDays * 86_400_000
  const period = Math.floor(now / length)
  return refreshed !== undefined && Math.floor(refreshed / length) === period ? `${period}+${refreshed}` : `${period}`
}

/** What the images are made from that a layer has this machine make. */
const labImageInputs = async (sets: readonly { readonly lab: string }[], tool: string): Promise<string[]> => {
  const packages = sets.map(({ lab }) => readLabImage(join(tool, lab)).package)
  const folders = new Set(['lab/images', 'lab/base', ...packages.filter((folder) => folder !== undefined)])
  return Promise.all([...folders].map((folder) => digestFolder(join(tool, folder))))
}

const layerIdentity = async (
  layer: RenderedLayer,
  parent: string,
  period: string,
  engine: string,
  { root, tool }: Project,
): Promise<string> => {
  const digests = (all: readonly RenderedFile[]) => all.map(({ path, mode, content }) => [path, mode, sha256(content)])
  const files = digests([...layer.files, ...layer.scripts])
  const wheels = await Promise.all(
    layer.spec.wheels.map(async ({ requirements, list }) =>
      sha256(list ?? readPlain(join(root, requirements), { source: requirements, follow: true }).content),
    ),
  )
  const inputs = await Promise.all(layer.spec.inputs.map((folder) => digestFolder(join(root, folder))))
  const { packages, images = [] } = layer.spec
  const made = images.filter((set) => 'lab' in set)
  // Their contents count. Where they lie depends on where boxhound is installed.
  const spec = { ...layer.spec, wheels: layer.spec.wheels.map(({ name, python }) => ({ name, python })), inputs: [] }
  return sha256(
    JSON.stringify([
      layer.name,
      parent,
      engine,
      files,
      spec,
      wheels,
      inputs,
      packages.length > 0 || made.length > 0 ? period : null,
      ...(layer.data.length > 0 ? [digests(layer.data)] : []),
      ...(made.length > 0 ? [await labImageInputs(made, tool)] : []),
    ]),
  )
}

/** Scripts that import and grow a disk image; another size gives another layer. */
const importers = ['grow.sh', 'grow_table.py', 'growth.sh', 'import.sh']

const digestOfImporters = async (tool: string): Promise<string> => {
  const scripts = importers.map((name) => readFile(join(tool, 'disk', name), 'utf8'))
  return sha256((await Promise.all(scripts)).join('\0'))
}

/** The lab's base changes with the refresh period; a published image is identified by its digest. Our scripts may import or grow either. */
const imageIdentity = async ({ base, image }: Box, period: string, { tool }: Project): Promise<string> => {
  const imported = base.kind !== 'lab' || image.size !== null
  const growth = imported ? [image.size, await digestOfImporters(tool)] : []
  if (base.kind === 'image') return sha256(JSON.stringify(['image', base.sha256, base.system.name, ...growth]))
  const folder = base.kind === 'lab' ? 'lab/base' : 'lab/cloud'
  return sha256(JSON.stringify(['image', base.release, await digestFolder(join(tool, folder)), period, ...growth]))
}

/**
 * Computes each layer's id: SHA-256 of its name, its staged tree (path, mode, content; the spec has owners), the engine that applies
 * it and its parent's id, so that ids chain from the image up. Only reads the project.
 */
export const planBox = async (rendered: Rendered, options: PlanOptions, project: Project): Promise<Plan> => {
  const period = refreshPeriod(rendered.box, options)
  const applied = await digestFolder(join(project.tool, 'provision/_engine'))
  const { engine } = familyOf(rendered.box.base.system)
  const image: PlannedLayer = {
    name: 'image',
    id: await imageIdentity(rendered.box, period, project),
    parent: null,
    period,
    engine,
    rendered: null,
  }
  const layers = [image]
  let parent = image.id
  for (const layer of rendered.layers) {
    const id = await layerIdentity(layer, parent, period, applied, project)
    layers.push({ name: layer.name, id, parent, period, engine, rendered: layer })
    parent = id
  }
  return { rendered, layers }
}
