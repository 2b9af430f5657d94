// Row 3.

import { join } from 'node:path'
import type { Bench, OpenRow, Row } from '../measurement.ts'
import { makePeerDisk } from '../peer/disk.ts'
import { guestfsSide } from '../peer/guestfs.ts'
import { packerSides } from '../peer/packer.ts'
import { draftOf, dropFrom, makeScratch, scratchBase } from '../scratch.ts'

const text = `box: lab
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0+lab, repository: lab }
database: { engine: mariadb }
`

const update = 'apt-get update -q'
const install = 'DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends mariadb-server'

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'package-layer', text }, bench.project)
  bench.say('baking the layers below the database, which is not timed')
  await draftOf(scratch, join(bench.work, 'package-layer', 'bake.log'))
  const disk = await makePeerDisk(bench, 'package-layer', await scratchBase(scratch))
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: 'node scripts/_run.mjs bake BOX --draft',
        template: text,
        prepare: () => dropFrom(scratch, 'database'),
        run: async (log) => ({ seconds: (await draftOf(scratch, log)).seconds }),
      },
      ...(await packerSides(bench, { name: 'package-layer', disk, scripts: [update, install] })),
      ...(bench.quick
        ? []
        : [await guestfsSide(bench, 'package-layer', disk, ['--run-command', update, '--run-command', install])]),
    ],
  }
}

export const packageLayer: Row = {
  number: 3,
  title: 'A package layer',
  work: 'Install mariadb-server on an existing base, as a bootable qcow2.',
  packages: ['packer', 'guestfs-tools', 'linux-image-amd64'],
  goals: [{ tool: 'packer', quantity: 'seconds', reading: 'times', limit: 15 }],
  notes: [
    'Both sides fetch indexes and packages again in every run, from the same mirror; boxhound’s package cache is emptied before each run.',
    'Boxhound also sets up database monitoring and bakes the layer of the checks.',
  ],
  open,
}
