import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { projectAt } from './lib/_helpers/paths.ts'
import { runStage, type StageResult } from './lib/selftest/run.ts'
import { type Stage, stages } from './lib/selftest/stages.ts'
import { registryPackages, rubyPackages, systemPackages, vagrantPackages } from './lib/setup/packages.ts'
import { makeReady } from './setup.ts'

const command: Command = {
  verb: 'test',
  summary:
    'Everything that proves the project: lint, types, unit tests, then the lab box baked, verified and broken on purpose.',
  options: {
    only: {
      type: 'string',
      multiple: true,
      value: 'STAGE',
      help: `only these: ${stages.map(({ name }) => name).join(', ')}`,
    },
    keep: { type: 'boolean', help: 'keep store and image of an earlier test run (for work on one stage)' },
  },
  examples: [
    ['npm test', 'all of it, from an empty store'],
    ['npm test -- --only lint --only types --only unit', 'the quick part'],
    ['npm test -- --keep --only controls', 'again on the image of the last run'],
  ],
}

const choose = (only: readonly string[] | undefined): readonly Stage[] => {
  if (only === undefined) return stages
  const unknown = only.find((name) => !stages.some((stage) => stage.name === name))
  if (unknown !== undefined)
    throw new BoxhoundError('E_USAGE', `there is no stage "${unknown}"`, {
      exitCode: 2,
      expected: stages.map(({ name }) => name).join(', '),
    })
  return stages.filter(({ name }) => only.includes(name))
}

/** `npm test`: closes with one line over all that ran; 1 when anything failed. */
export const main = async (argv: string[]): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const chosen = choose(parsed.lists.only)
  // The tests of the Vagrantfile need more than a bake does, and "npm test" is one of the two commands that a newcomer types.
  await makeReady((line) => console.log(line), true, [
    ...systemPackages,
    ...(chosen.some(({ name }) => name.includes('vagrant')) ? vagrantPackages : []),
    ...(chosen.some(({ name }) => name === 'ruby') ? rubyPackages : []),
    ...(chosen.some(({ name }) => name === 'unit') ? registryPackages : []),
  ])
  const folder = join(projectAt(process.cwd()).out, 'test')
  if (parsed.flags.keep !== true) await rm(folder, { recursive: true, force: true })
  await mkdir(join(folder, 'logs'), { recursive: true })
  const environment = { ...process.env, BOXHOUND_CACHE: join(folder, 'store'), BOXHOUND_OUT: join(folder, 'out') }
  const results: StageResult[] = []
  for (const stage of chosen) {
    const broken = stage.needs.find((name) => results.some((result) => result.name === name && result.failed > 0))
    if (broken === undefined)
      results.push(await runStage(stage, join(folder, 'logs', `${stage.name}.log`), environment))
    else {
      console.log(`✗ ${stage.name.padEnd(9)} not run, because "${broken}" failed`)
      results.push({ name: stage.name, seconds: 0, passed: 0, failed: 1, skipped: 0 })
    }
  }
  const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
    results.reduce((total, result) => total + result[key], 0)
  // The line that any CI understands: over everything, not only over the last runner.
  console.log(
    `\n${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') === 0 ? '' : `, ${sum('skipped')} skipped`}`,
  )
  return sum('failed') === 0 ? 0 : 1
}
