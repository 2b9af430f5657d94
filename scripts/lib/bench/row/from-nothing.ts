// Row 6.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readManifest } from '../../bake/manifest.ts'
import type { Bench, OpenRow, Row } from '../measurement.ts'
import { mkosiSide } from '../peer/mkosi.ts'
import { makeScratch, runVerb } from '../scratch.ts'

/** Debian's packages in the published box; kernels by their meta package, since the mirror may have dropped a version. */
const debianPackages = async (bench: Bench): Promise<string[]> => {
  const scratch = await makeScratch(bench.work, { name: 'from-nothing-list' }, bench.project)
  bench.say('baking the box once for its list of packages, which is not timed')
  await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], join(bench.work, 'from-nothing-list', 'bake.log'))
  const manifest = await readManifest(scratch.box, scratch.project)
  return (manifest?.packages ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== 'datadog-agent' && !/^linux-image-\d/.test(name))
}

const open = async (bench: Bench): Promise<OpenRow> => {
  const packages = await debianPackages(bench)
  const scratch = await makeScratch(bench.work, { name: 'from-nothing', cold: true }, bench.project)
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: 'node scripts/_run.mjs bake BOX --no-verify',
        prepare: async () => {
          for (const folder of [scratch.project.cache, scratch.project.out])
            await rm(folder, { recursive: true, force: true })
        },
        run: async (log) => ({
          seconds: (await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], log)).seconds,
        }),
      },
      await mkosiSide(bench, { name: 'from-nothing', packages, incremental: false }),
    ],
  }
}

export const fromNothing: Row = {
  number: 6,
  title: 'From nothing',
  work: 'Make a disk image with the same Debian packages, starting with empty caches.',
  packages: ['mkosi', 'debootstrap', 'systemd-container'],
  goals: [{ tool: 'mkosi', quantity: 'seconds', reading: 'share', limit: 0.9 }],
  notes: [
    'Boxhound also builds the lab Agent’s package and repository, fetches Python packages, sets up app and checks, seals and compresses the image. mkosi installs the packages and writes a raw disk without a boot loader.',
  ],
  open,
}
