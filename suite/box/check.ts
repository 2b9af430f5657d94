import type { Guest } from './guest.ts'
import type { Verdict } from './verdict.ts'

/** How one id is judged. */
export interface BoxCheck {
  /** Checks of one lane run one after another, because they would disturb each other. */
  readonly lane?: string
  readonly run: (guest: Guest) => Promise<Verdict>
}
