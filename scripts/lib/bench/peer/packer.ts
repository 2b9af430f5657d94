// Stock Packer as a peer, in two variants.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { networkEnvironment } from '../../_helpers/environment.ts'
import { packerEnvironment } from '../../bake/packer-version.ts'
import { renderTemplateFile } from '../../render/template.ts'
import type { Bench, Measured, Side } from '../measurement.ts'
import { forReaders } from '../shown.ts'
import { runTimed, type Timed } from '../timed.ts'
import type { PeerDisk } from './disk.ts'

/** What a build does once its machine is running. */
export interface PackerWork {
  readonly name: string
  readonly disk: PeerDisk
  readonly uploads?: readonly { readonly source: string; readonly destination: string }[]
  /** Shell commands, run one after another. */
  readonly scripts?: readonly string[]
  /** Further timed work on the built disk. */
  readonly after?: (disk: string, log: string) => Promise<void>
  readonly prepare?: () => Promise<void>
}

/** The two variants: Packer's default is one processor. */
const variants = [
  { name: 'Packer', cpus: 0 },
  { name: 'Packer, cpus = 2', cpus: 2 },
]

/** Writes a rendered template into a folder where Packer finds nothing else. */
export const writeTemplate = async (
  { project, work }: Pick<Bench, 'project' | 'work'>,
  name: string,
  template: 'build' | 'vagrant',
  context: Readonly<Record<string, unknown>>,
): Promise<{ readonly folder: string; readonly text: string }> => {
  const folder = join(work, 'packer', name)
  await mkdir(folder, { recursive: true })
  const source = `packer/bench/${template}.pkr.hcl.hbs`
  const { content } = renderTemplateFile(join(project.tool, source), context, { source })
  await writeFile(join(folder, `${template}.pkr.hcl`), content)
  return { folder, text: content }
}

/** Runs `packer build FOLDER` without the user's own settings. */
export const runPacker = async ({ work }: Pick<Bench, 'work'>, folder: string, log: string): Promise<Timed> => {
  const home = join(work, 'packer-home')
  const tmp = join(work, 'tmp')
  for (const path of [home, tmp]) await mkdir(path, { recursive: true })
  return runTimed(
    {
      words: ['packer', 'build', '-color=false', folder],
      cwd: folder,
      environment: { ...networkEnvironment(), ...packerEnvironment(home), TMPDIR: tmp },
    },
    log,
  )
}

const side = async (
  bench: Bench,
  { name, disk, uploads = [], scripts = [], after, prepare }: PackerWork,
  variant: (typeof variants)[number],
): Promise<Side> => {
  const id = `${name}-${variant.cpus}`
  const output = join(bench.work, 'packer-output', id)
  const { folder, text } = await writeTemplate(bench, id, 'build', {
    disk: disk.path,
    checksum: `sha256:${disk.sha256}`,
    key: disk.key,
    accelerator: bench.accelerator,
    cpus: variant.cpus,
    output,
    uploads,
    scripts,
  })
  const folders = { work: bench.work, root: bench.project.tool }
  return {
    name: variant.name,
    tool: 'packer',
    command: `packer build ${forReaders(folder, folders)}${after === undefined ? '' : ', then boot and check'}`,
    template: forReaders(text, folders),
    prepare: async () => {
      await rm(output, { recursive: true, force: true })
      await mkdir(dirname(output), { recursive: true })
      await prepare?.()
    },
    run: async (log): Promise<Measured> => {
      const begin = performance.now()
      const { seconds } = await runPacker(bench, folder, log)
      if (after === undefined) return { seconds }
      await after(join(output, 'peer.qcow2'), log)
      return { seconds: (performance.now() - begin) / 1000 }
    },
  }
}

/** Stock Packer in both variants, doing the same work. */
export const packerSides = (bench: Bench, work: PackerWork): Promise<Side[]> =>
  Promise.all(variants.map((variant) => side(bench, work, variant)))
