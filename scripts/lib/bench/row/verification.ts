// Row 9.

import { join } from 'node:path'
import type { Bench, OpenRow, Row } from '../measurement.ts'
import { makeScratch, runVerb } from '../scratch.ts'
import { requireFlag } from '../supports.ts'

const open = async (bench: Bench): Promise<OpenRow> => {
  const scratch = await makeScratch(bench.work, { name: 'verification' }, bench.project)
  await requireFlag(scratch, 'verify', '--machine')
  bench.say('baking a scratch copy of the lab box, which is not timed')
  await runVerb(scratch, ['bake', scratch.boxFile, '--no-verify'], join(bench.work, 'verification', 'bake.log'))
  const side = (name: string, tool: string, machine: string) => {
    const words = ['verify', scratch.boxFile, '--machine', machine]
    return {
      name,
      tool,
      command: `node scripts/_run.mjs verify BOX --machine ${machine}`,
      run: async (log: string) => ({ seconds: (await runVerb(scratch, words, log)).seconds }),
    }
  }
  return {
    sides: [side('boxhound, native machine', 'boxhound', 'container'), side('boxhound, QEMU', 'qemu', 'qemu')],
  }
}

export const verification: Row = {
  number: 9,
  title: 'Whole verification',
  work: 'From the published file to the verdict of every check: on a native machine, and on a cold boot under QEMU.',
  packages: [],
  goals: [],
  notes: ['The native machine shares this host’s kernel, so checks of the kernel are not judged there.'],
  open,
}
