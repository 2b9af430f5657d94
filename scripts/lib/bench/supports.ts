// Whether a verb supports a flag.

import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { runVerb, type Scratch } from './scratch.ts'

/** Whether a verb supports a flag, according to its help page; false if there is no such verb. */
export const takesFlag = async (scratch: Scratch, verb: string, flag: string): Promise<boolean> => {
  try {
    const { stdout } = await runVerb(scratch, [verb, '--help'], join(scratch.project.out, `${verb}-help.log`))
    return stdout.includes(flag)
  } catch (error) {
    if (error instanceof BoxhoundError && error.code === 'E_BENCH_RUN') return false
    throw error
  }
}

/** @throws BoxhoundError with exit code 3 if the verb or its flag doesn't exist, so the row is reported as not run. */
export const requireFlag = async (scratch: Scratch, verb: string, flag: string): Promise<void> => {
  if (await takesFlag(scratch, verb, flag)) return
  throw new BoxhoundError('E_BENCH_VERB', `npm run ${verb} with ${flag} is not available in this checkout`, {
    exitCode: 3,
    next: 'measure the other rows',
  })
}
