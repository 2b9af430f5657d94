// Row 1.

import { join } from 'node:path'
import { cleanEnvironment } from '../../_helpers/environment.ts'
import type { Bench, OpenRow, Row } from '../measurement.ts'
import { makePeerDisk } from '../peer/disk.ts'
import { packerSides } from '../peer/packer.ts'
import { makeScratch, runVerb, scratchBase } from '../scratch.ts'
import { runTimed } from '../timed.ts'

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'no-change' }, bench.project)
  bench.say('baking a scratch copy of the lab box, which is not timed')
  await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], join(bench.work, 'no-change', 'bake.log'))
  const disk = await makePeerDisk(bench, 'no-change', await scratchBase(scratch))
  const node = [process.execPath, '-e', '0'] as const
  return {
    sides: [
      {
        name: 'boxhound',
        tool: 'boxhound',
        command: 'node scripts/_run.mjs bake BOX --no-verify',
        run: async (log) => {
          const { seconds } = await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], log)
          return { seconds }
        },
      },
      ...(await packerSides(bench, {
        name: 'no-change',
        disk,
        uploads: [{ source: scratch.checkFile, destination: '/opt/check.py' }],
      })),
      {
        name: 'node -e 0',
        tool: 'reference',
        command: 'node -e 0',
        run: async (log) => {
          const { seconds } = await runTimed(
            { words: [...node], cwd: bench.work, environment: cleanEnvironment() },
            log,
          )
          return { seconds }
        },
      },
    ],
  }
}

export const noChange: Row = {
  number: 1,
  title: 'Nothing changed',
  work: 'Bake again with the same inputs, compared with a full stock Packer build that copies one file.',
  packages: ['packer'],
  goals: [
    { tool: 'packer', quantity: 'seconds', reading: 'times', limit: 300 },
    { tool: 'reference', quantity: 'seconds', reading: 'share', limit: 2 },
  ],
  notes: [
    'Packer has no notion of unchanged inputs, so it always builds. Its base is the Debian disk below all of boxhound’s layers, which boots faster than the whole box.',
    '`node -e 0` is the cost of an empty Node process here: no verb can be faster.',
  ],
  open,
}
