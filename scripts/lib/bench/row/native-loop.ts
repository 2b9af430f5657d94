// Row 4.

import { join } from 'node:path'
import { BoxhoundError } from '../../_helpers/errors.ts'
import type { Bench, OpenRow, Row, Side } from '../measurement.ts'
import { bootAndCheck } from '../peer/check.ts'
import { makePeerDisk } from '../peer/disk.ts'
import { packerSides } from '../peer/packer.ts'
import { checkName, draftOf, editCheck, makeScratch, runVerb, type Scratch } from '../scratch.ts'
import { requireFlag } from '../supports.ts'

const id = `check.${checkName}`

/**
 * Stock Packer from an edited check to its verdict: starts from a disk that already has the whole box, copies the check,
 * boots the result and polls until the check passes. Also used for boxhound's cold boot.
 */
export const packerLoop = async (bench: Bench, scratch: Scratch, name: string): Promise<Side[]> => {
  const { overlay } = await draftOf(scratch, join(bench.work, name, 'bake.log'))
  const disk = await makePeerDisk(bench, name, overlay)
  return packerSides(bench, {
    name,
    disk,
    prepare: () => editCheck(scratch),
    uploads: [{ source: scratch.checkFile, destination: `/etc/datadog-agent/checks.d/${checkName}.py` }],
    after: (built) => bootAndCheck(bench, { disk: built, peer: disk, check: checkName }),
  })
}

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'native-loop' }, bench.project)
  await requireFlag(scratch, 'try', 'ID')
  bench.say('baking the layers below the check, which is not timed')
  const peers = await packerLoop(bench, scratch, 'native-loop')
  // The machine that `try` starts outlives it, as it does for an author who keeps editing.
  const options = { leavesMachine: true, deadline: 300 }
  const down = async (): Promise<void> => {
    await runVerb(scratch, ['down', scratch.boxFile], join(bench.work, 'native-loop', 'down.log'), options).catch(
      (error: unknown) => {
        // There was no machine to take down.
        if (!(error instanceof BoxhoundError) || error.code !== 'E_BENCH_RUN') throw error
      },
    )
  }
  const attempt = async (log: string) => {
    const { seconds } = await runVerb(scratch, ['try', scratch.boxFile, id], log, options)
    return { seconds }
  }
  const command = `node scripts/_run.mjs try BOX ${id}`
  return {
    sides: [
      {
        name: 'boxhound, a new machine',
        tool: 'boxhound',
        command,
        run: attempt,
        prepare: async () => {
          await down()
          await editCheck(scratch)
        },
      },
      {
        name: 'boxhound, into the running machine',
        tool: 'boxhound',
        command,
        prepare: () => editCheck(scratch),
        run: attempt,
      },
      ...peers,
    ],
    close: down,
  }
}

export const nativeLoop: Row = {
  number: 4,
  title: 'Edit to green on a native machine',
  work: 'One file of a check has changed: bake it, run it on a machine and see the changed check pass.',
  packages: ['packer'],
  goals: [{ tool: 'packer', quantity: 'seconds', reading: 'times', limit: 60 }],
  notes: [
    'Packer starts from a disk that already has the whole box and copies the one file; its time includes booting the result and the same check over SSH.',
    'The ratio is for a new machine after each edit; the running machine is shown beside it.',
  ],
  open,
}
