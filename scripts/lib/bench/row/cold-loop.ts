// Row 5.

import type { Bench, OpenRow, Row } from '../measurement.ts'
import { checkName, editCheck, makeScratch, runVerb } from '../scratch.ts'
import { takesFlag } from '../supports.ts'
import { packerLoop } from './native-loop.ts'

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'cold-loop' }, bench.project)
  bench.say('baking the layers below the check, which is not timed')
  const peers = await packerLoop(bench, scratch, 'cold-loop')
  const machine = (await takesFlag(scratch, 'verify', '--machine')) ? ['--machine', 'qemu'] : []
  const verify = ['--only', `check.${checkName}`, ...machine]
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: `node scripts/_run.mjs bake BOX --no-verify && node scripts/_run.mjs verify BOX ${verify.join(' ')}`,
        prepare: () => editCheck(scratch),
        run: async (log) => {
          const baked = await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], log)
          const verified = await runVerb(scratch, ['verify', scratch.boxFile, ...verify], `${log}.verify`)
          return { seconds: baked.seconds + verified.seconds }
        },
      },
      ...peers,
    ],
  }
}

export const coldLoop: Row = {
  number: 5,
  title: 'Edit to green on a cold boot',
  work: 'One file of a check has changed: build the image to ship, boot that file and see the changed check pass.',
  packages: ['packer'],
  goals: [{ tool: 'packer', quantity: 'seconds', reading: 'times', limit: 3 }],
  notes: [
    'Packer starts from a disk that already has the whole box and copies the one file. Its image is neither sealed nor compressed, which is to its advantage.',
  ],
  open,
}
