import type { ExecutionContext } from 'ava'
import {
  type Account,
  type AccountOptions,
  labApiKey,
  labApplicationKey,
  startAccount,
} from '../../lab/account/server.ts'
import { type Project, projectAt } from '../../scripts/lib/_helpers/paths.ts'
import type { Box, Observe } from '../../scripts/lib/box/box.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import type { Credentials } from '../../scripts/lib/observe/account/credentials.ts'
import type { Gateway } from '../../scripts/lib/observe/account/gateway.ts'
import type { AccountPatience } from '../../scripts/lib/observe/account/patience.ts'
import { applyPlan } from '../../scripts/lib/observe/apply.ts'
import { type AccountPlan, planFor } from '../../scripts/lib/observe/plan.ts'
import { withGateway } from '../../scripts/lib/observe/session.ts'

// The client reads a dashboard by trying each of some thirty types for every widget, each wrong one an error that is thrown away; most of the time
// goes into their stacks. AVA takes the stack of a failed assertion whole, whatever is set here.
Error.stackTraceLimit = 2

export const project: Project = projectAt(process.cwd())

/** A Thursday, 2026-11-26, 8:00 in Paris. */
export const now = new Date('2026-11-26T07:00:00Z')

export const labBox = async (observe: Partial<Observe> = {}): Promise<Box> => {
  const box = await loadBox('lab', project)
  return { ...box, observe: { ...box.observe, ...observe } }
}

/** Waits are noted and take no time. */
export const noted = () => {
  const waits: number[] = []
  const patience: AccountPatience = {
    tries: 4,
    pause: (failed) => failed * 1000,
    longest: 60,
    wait: async (milliseconds) => void waits.push(milliseconds),
  }
  return { waits, patience }
}

export interface Lab {
  readonly account: Account
  readonly told: string[]
  readonly waits: number[]
  /** Works with the account through the gateway. */
  readonly use: <T>(work: (gateway: Gateway) => Promise<T>, credentials?: Partial<Credentials>) => Promise<T>
  readonly plan: (box: Box, destroy?: boolean) => Promise<AccountPlan>
  /** Plans and applies; returns what was done as `add monitor my_metric`. */
  readonly apply: (box: Box, destroy?: boolean) => Promise<string[]>
}

/** A lab account for one test, or with null for all tests of a file, which close it themselves, and what works with it. */
export const openLab = async (t: ExecutionContext | null, options: AccountOptions = {}): Promise<Lab> => {
  const account = await startAccount({ clock: () => now, ...options })
  t?.teardown(account.close)
  const told: string[] = []
  const { waits, patience } = noted()
  const usual = { apiKey: labApiKey, applicationKey: labApplicationKey, site: 'datadoghq.com', url: account.url }
  const use: Lab['use'] = (work, credentials = {}) =>
    withGateway({ ...usual, ...credentials }, {}, { tell: (line) => told.push(line), patience }, work)
  const plan: Lab['plan'] = (box, destroy = false) => use((gateway) => planFor(box, gateway, { now, destroy }, project))
  return {
    account,
    told,
    waits,
    use,
    plan,
    apply: (box, destroy = false) =>
      use(async (gateway) => {
        const done = await applyPlan(await planFor(box, gateway, { now, destroy }, project), gateway, () => {})
        return done.map(({ change: { action, kind, name } }) => `${action} ${kind} ${name}`)
      }),
  }
}

/** What a plan would do, as `change monitor my_metric`; what stays as it is is left out. */
export const actionsOf = ({ changes }: AccountPlan): string[] =>
  changes.filter(({ action }) => action !== 'keep').map(({ action, kind, name }) => `${action} ${kind} ${name}`)

/** Everything of the lab box. */
export const everything = [
  'monitor my_metric',
  'monitor database',
  'monitor app',
  'monitor agent',
  'dashboard board',
  'downtime nights',
  'downtime weekend',
]
