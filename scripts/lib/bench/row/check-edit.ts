// Row 2.

import { join } from 'node:path'
import type { Bench, OpenRow, Row, Side } from '../measurement.ts'
import { makePeerDisk } from '../peer/disk.ts'
import { guestfsSide } from '../peer/guestfs.ts'
import { basePackages, mkosiSide } from '../peer/mkosi.ts'
import { packerSides } from '../peer/packer.ts'
import { draftOf, editCheck, makeScratch, scratchBase } from '../scratch.ts'

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'check-edit' }, bench.project)
  bench.say('baking the layers below the check, which is not timed')
  await draftOf(scratch, join(bench.work, 'check-edit', 'bake.log'))
  const disk = await makePeerDisk(bench, 'check-edit', await scratchBase(scratch))
  const edit = (): Promise<void> => editCheck(scratch)
  const uploads = [{ source: scratch.checkFile, destination: '/opt/check.py' }]
  const others = async (): Promise<Side[]> => [
    await mkosiSide(bench, {
      name: 'check-edit',
      packages: [...(await basePackages(bench)), 'mariadb-server'],
      file: scratch.checkFile,
      incremental: true,
      prepare: edit,
    }),
    await guestfsSide(bench, 'check-edit', disk, ['--copy-in', `${scratch.checkFile}:/opt`], edit),
  ]
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: 'node scripts/_run.mjs bake BOX --draft',
        prepare: edit,
        run: async (log) => ({ seconds: (await draftOf(scratch, log)).seconds }),
      },
      ...(await packerSides(bench, { name: 'check-edit', disk, uploads, prepare: edit })),
      ...(bench.quick ? [] : await others()),
    ],
  }
}

export const checkEdit: Row = {
  number: 2,
  title: 'One check edited',
  work: 'One file of a check has changed: make a new bootable disk with it.',
  packages: ['packer', 'mkosi', 'debootstrap', 'systemd-container', 'guestfs-tools', 'linux-image-amd64'],
  goals: [
    { tool: 'packer', quantity: 'seconds', reading: 'times', limit: 100 },
    { tool: 'mkosi', quantity: 'seconds', reading: 'times', limit: 10 },
  ],
  notes: [
    'Boxhound’s box has the Agent, MariaDB and a traced app below the check; the peers’ disks have less, which is to their advantage.',
    'mkosi keeps its cached image and its packages. Its disk has no boot loader, which is to its advantage. With --quick only Packer is measured.',
  ],
  open,
}
