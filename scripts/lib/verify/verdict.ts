// Decides the exit code.

import type { VerifyResults } from './results.ts'

/** True when nothing is red, and the machine could be reached to the end: what makes an exit code 0. */
export const isGreen = ({ failed, checks }: Pick<VerifyResults, 'failed' | 'checks'>): boolean =>
  failed === 0 && !checks.some(({ lost }) => lost === true)
