import type { Guest } from './guest.ts'
import type { Verdict } from './verdict.ts'

/** One thing that a machine is judged by. */
export interface BoxCheck {
  /** Stable; stands in results and in the headers of the negative controls. */
  readonly id: string
  readonly title: string
  /** Checks of one lane run one after another, because they would disturb each other. */
  readonly lane?: string
  readonly run: (guest: Guest) => Promise<Verdict>
}
