// Row 7.

import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { sha256File } from '../../_helpers/hash.ts'
import { boxFolder, imagePath } from '../../bake/manifest.ts'
import type { Bench, Measured, OpenRow, Row } from '../measurement.ts'
import { runPacker, writeTemplate } from '../peer/packer.ts'
import { makeScratch, runVerb } from '../scratch.ts'
import { forReaders } from '../shown.ts'
import type { Timed } from '../timed.ts'

/** Seconds from the start of the post-processor to the end of the run, without the build before it. */
export const postProcessorSeconds = ({ lines, seconds }: Pick<Timed, 'lines' | 'seconds'>): number => {
  const line = lines.find(({ text }) => /Running post-processor: .*vagrant|\(vagrant\): Creating/.test(text))
  if (line === undefined)
    throw new BoxhoundError('E_BENCH_RUN', 'Packer did not report its post-processor', {
      expected: 'a line "Running post-processor: vagrant"',
    })
  return seconds - line.at
}

const open = async (bench: Bench): Promise<OpenRow> => {
  const { work, project } = bench
  const scratch = await makeScratch(work, { name: 'vagrant-box' }, project)
  bench.say('baking a scratch copy of the lab box, which is not timed')
  await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], join(work, 'vagrant-box', 'bake.log'))
  const image = imagePath(scratch.box, scratch.project)
  const published = boxFolder(scratch.box, scratch.project)
  const ours = join(published, `${scratch.box}-libvirt.box`)
  const known = new Set(await readdir(published))
  const output = join(work, 'packer-output', 'vagrant-box')
  const theirs = join(work, 'packer-output', 'peer.box')
  const pidfile = join(work, 'packer-output', 'peer.pid')
  const { folder, text } = await writeTemplate(bench, 'vagrant-box', 'vagrant', {
    disk: image,
    checksum: `sha256:${await sha256File(image)}`,
    accelerator: bench.accelerator,
    output,
    box: theirs,
    pidfile,
    end: `kill "$(cat ${pidfile})"`,
  })
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: 'node scripts/_run.mjs package BOX',
        // Removes what an earlier run left, since an existing box is not packaged again.
        prepare: async () => {
          for (const name of await readdir(published))
            if (!known.has(name)) await rm(join(published, name), { recursive: true, force: true })
        },
        run: async (log): Promise<Measured> => {
          const { seconds } = await runVerb(scratch, ['package', scratch.boxFile], log)
          return { seconds, bytes: (await stat(ours)).size }
        },
      },
      {
        name: 'Packer’s vagrant post-processor',
        tool: 'packer',
        command: `packer build ${forReaders(folder, { work, root: project.tool })}`,
        template: forReaders(text, { work, root: project.tool }),
        prepare: async () => {
          for (const path of [output, theirs]) await rm(path, { recursive: true, force: true })
          await mkdir(join(work, 'packer-output'), { recursive: true })
        },
        run: async (log): Promise<Measured> => {
          const seconds = postProcessorSeconds(await runPacker(bench, folder, log))
          return { seconds, bytes: (await stat(theirs)).size }
        },
      },
    ],
  }
}

export const vagrantBox: Row = {
  number: 7,
  title: 'Image to Vagrant box',
  work: 'Package the published qcow2 for Vagrant and libvirt: time and size.',
  packages: ['packer'],
  goals: [
    { tool: 'packer', quantity: 'seconds', reading: 'share', limit: 0.5 },
    { tool: 'packer', quantity: 'bytes', reading: 'share', limit: 0.9 },
  ],
  notes: [
    'For Packer only the post-processor is timed, without the build before it; for boxhound the whole process, which adds Vagrant’s layer and a catalogue.',
  ],
  open,
}
