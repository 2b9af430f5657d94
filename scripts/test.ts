import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from './lib/_helpers/atomic.ts'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { verbEnvironment } from './lib/_helpers/environment.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { formatSeconds } from './lib/_helpers/format.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineLimits } from './lib/selftest/limits.ts'
import { planRun } from './lib/selftest/schedule.ts'
import { leftOut, selectStages } from './lib/selftest/select.ts'
import { type Stage, stages } from './lib/selftest/stages.ts'
import { timingsDocument, timingsTable } from './lib/selftest/timings.ts'
import { runTogether, type TimedResult } from './lib/selftest/together.ts'
import { registryPackages, rubyPackages, systemPackages, vagrantPackages } from './lib/setup/packages.ts'
import { makeReady } from './setup.ts'

const command: Command = {
  verb: 'test',
  summary:
    'Runs every test: lint, types, unit tests, then bakes, verifies and deliberately breaks the lab box. Stages run in parallel.',
  options: {
    quick: {
      type: 'boolean',
      help: 'the stages without a VM, and the lab box in a container; reuses the store of the last run',
    },
    only: {
      type: 'string',
      multiple: true,
      value: 'STAGE',
      help: `only these stages: ${stages.map(({ name }) => name).join(', ')}`,
    },
    keep: { type: 'boolean', help: 'keep the store and image of an earlier run (to work on one stage)' },
    plan: { type: 'boolean', help: 'only show when each stage would start, based on earlier timings' },
  },
  examples: [
    ['npm test', 'everything, from an empty store'],
    ['npm test -- --quick', 'before a commit: minutes instead of a quarter of an hour'],
    ['npm test -- --keep --only controls', 'repeats a stage on the image of the last run'],
    ['npm test -- --plan', 'the order of the stages on this machine'],
  ],
}

const limits = machineLimits()

const showPlan = (chosen: readonly Stage[]): void => {
  const planned = planRun(chosen, limits)
  for (const { name, start, end } of planned)
    console.log(`${formatSeconds(start).padStart(10)}  ${name.padEnd(12)}  ${formatSeconds(end - start)}`)
  console.log(`in ${formatSeconds(Math.max(...planned.map(({ end }) => end)))} on ${limits.processors} processors`)
}

/** The Vagrantfile's tests need more packages than a bake; only their stages ask for them. */
const packagesFor = (chosen: readonly Stage[]): typeof systemPackages => [
  ...systemPackages,
  ...(chosen.some(({ name }) => name.includes('vagrant')) ? vagrantPackages : []),
  ...(chosen.some(({ name }) => name === 'ruby') ? rubyPackages : []),
  ...(chosen.some(({ name }) => name === 'unit') ? registryPackages : []),
]

/** A total over all runners, in a form that any CI understands; before it, what a quick run leaves out. */
const close = (results: readonly TimedResult[], quick: boolean): number => {
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    results.reduce((total, result) => total + result[key], 0)
  console.log(quick ? `\nonly in the full npm test: ${leftOut(stages).join(', ')}` : '')
  console.log(
    `${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`}`,
  )
  return sum('failed') === 0 ? 0 : 1
}

/** `npm test`: ends with one total over all runners; 1 when anything failed. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  if (!existsSync(join(project.tool, 'test/unit.mjs')))
    throw new BoxhoundError('E_USAGE', 'only a checkout of boxhound has its tests', {
      expected: 'a checkout',
      found: 'the npm package',
      next: 'npm run verify judges your box; guide/checks.md shows how to test a check',
      exitCode: 2,
    })
  const quick = parsed.flags.quick === true
  if (quick && parsed.lists.only !== undefined)
    throw new BoxhoundError('E_USAGE', '--quick and --only both select stages', { exitCode: 2, next: 'leave one out' })
  const chosen = selectStages(stages, { only: parsed.lists.only, quick })
  if (parsed.flags.plan === true) {
    showPlan(chosen)
    return 0
  }
  await makeReady((line) => console.log(line), true, packagesFor(chosen))
  const folder = join(project.out, 'test')
  if (parsed.flags.keep !== true && !quick) await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'logs'), { recursive: true })
  const begin = performance.now()
  const results = await runTogether(chosen, {
    limits,
    log: ({ name }) => join(folder, 'logs', `${name}.log`),
    environment: { ...verbEnvironment(), BOXHOUND_CACHE: join(folder, 'store'), BOXHOUND_OUT: join(folder, 'out') },
  })
  const seconds = (performance.now() - begin) / 1000
  await writeAtomic(join(folder, 'timings.json'), timingsDocument(results, seconds, limits))
  console.log(`\n${timingsTable(results, seconds)}`)
  return close(results, quick)
}
