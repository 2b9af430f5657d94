// A box, store and output folder that a row may change.

import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { verbEnvironment } from '../_helpers/environment.ts'
import type { Project } from '../_helpers/paths.ts'
import { loadBox } from '../box/load.ts'
import { dropLayer, overlayPath } from '../cache/store.ts'
import { planBox } from '../plan/plan.ts'
import { renderBox } from '../render/render.ts'
import { runTimed, type Timed, type TimedCommand } from './timed.ts'

/** A box with its own store and output folder, so that what a row edits, bakes and drops never belongs to the user. */
export interface Scratch {
  readonly box: string
  readonly boxFile: string
  /** The checkout with the scratch's store and output folder. */
  readonly project: Project
  /** The check that rows edit. */
  readonly checkFile: string
}

export const checkName = 'my_metric'

/** Links a store's layers and wheels, and copies the small rest. Leaves out apt's lists and packages, since peers have none. */
const linkStore = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true })
  const present = new Set(await readdir(from).catch(() => []))
  for (const name of ['layers', 'wheels', 'lab', 'keyrings', 'images', 'accelerator.json']) {
    if (!present.has(name)) continue
    const linked = name === 'layers' || name === 'wheels'
    // This also copies the sockets of a gpg agent, which do no harm.
    const words = ['cp', '--archive', ...(linked ? ['--link'] : []), '--', join(from, name), to] as const
    await runTimed({ words: [...words], cwd: to, environment: { PATH: process.env.PATH ?? '' } }, join(to, 'link.log'))
  }
  await rm(join(to, 'link.log'), { force: true })
}

export interface ScratchWish {
  readonly name: string
  /** Text of the box file; default: boxes/lab.yaml. */
  readonly text?: string
  /** True leaves the store empty. */
  readonly cold?: boolean
}

/** Makes a scratch box below `work`, with a copy of the check beside it that hides the built-in one. */
export const makeScratch = async (
  work: string,
  { name, text, cold }: ScratchWish,
  project: Project,
): Promise<Scratch> => {
  const folder = join(work, name)
  const checks = join(folder, 'boxes', 'checks', checkName)
  await mkdir(checks, { recursive: true })
  const source = join(project.tool, 'provision/50-checks', checkName)
  await cp(source, checks, { recursive: true, filter: (path) => basename(path) !== '__pycache__' })
  const lab = join(project.tool, 'boxes/lab.yaml')
  const boxFile = join(folder, 'boxes', 'lab.yaml')
  if (text === undefined) await copyFile(lab, boxFile)
  else await writeFile(boxFile, text)
  const cache = join(folder, 'store')
  if (cold !== true) await linkStore(project.cache, cache)
  const own: Project = { tool: project.tool, root: project.root, cache, out: join(folder, 'out') }
  return { box: 'lab', boxFile, project: own, checkFile: join(checks, `${checkName}.py`) }
}

const draftSchema = z.object({ draft: z.object({ overlay: z.string() }) })

let edits = 0

/** Changes the check as an author would, each time to something that was never baked. */
export const editCheck = async ({ checkFile }: Scratch): Promise<void> => {
  edits += 1
  const text = await readFile(checkFile, 'utf8')
  const line = `# edit ${process.pid}-${edits}`
  await writeFile(checkFile, `${text.replace(/\n# edit .*\n$/, '\n')}${line}\n`)
}

/** The layers of the scratch box, bottom up. */
export const scratchLayers = async ({ boxFile, project }: Scratch): Promise<{ name: string; id: string }[]> => {
  const rendered = await renderBox(await loadBox(boxFile, project), project)
  const plan = await planBox(rendered, { now: Date.now() }, project)
  return plan.layers.map(({ name, id }) => ({ name, id }))
}

/** Removes a layer and all above it from the scratch store, and what apt fetched for them. */
export const dropFrom = async (scratch: Scratch, name: string): Promise<void> => {
  const layers = await scratchLayers(scratch)
  const at = layers.findIndex((layer) => layer.name === name)
  for (const { id } of layers.slice(at < 0 ? layers.length : at)) await dropLayer(id, scratch.project)
  await rm(join(scratch.project.cache, 'apt'), { recursive: true, force: true })
}

/** Paths are relative to the checkout, not to where npm was called. */
const ownEnvironment = (): Record<string, string> => {
  const { INIT_CWD: _, ...environment } = verbEnvironment()
  return environment
}

/** A boxhound verb on the scratch box, as a user would type it, without the caller's account variables. */
export const verbCommand = (
  { project }: Pick<Scratch, 'project'>,
  words: readonly string[],
  options: Pick<TimedCommand, 'deadline' | 'leavesMachine'> = {},
): TimedCommand => ({
  words: [process.execPath, 'scripts/_run.mjs', ...words],
  cwd: project.tool,
  environment: {
    ...ownEnvironment(),
    BOXHOUND_CACHE: project.cache,
    BOXHOUND_OUT: project.out,
    NO_COLOR: '1',
  },
  ...options,
})

/** Runs a boxhound verb on the scratch box. */
export const runVerb = (
  scratch: Pick<Scratch, 'project'>,
  words: readonly string[],
  log: string,
  options: Pick<TimedCommand, 'deadline' | 'leavesMachine'> = {},
): Promise<Timed> => runTimed(verbCommand(scratch, words, options), log)

/** Bakes a draft of the scratch box, a bootable overlay. */
export const draftOf = async (scratch: Scratch, log: string): Promise<Timed & { readonly overlay: string }> => {
  const timed = await runVerb(scratch, ['bake', scratch.boxFile, '--draft', '--json'], log)
  return { ...timed, overlay: draftSchema.parse(JSON.parse(timed.stdout)).draft.overlay }
}

/** Path of the bottom layer's disk. */
export const scratchBase = async (scratch: Scratch): Promise<string> =>
  overlayPath((await scratchLayers(scratch))[0]?.id ?? '', scratch.project)
