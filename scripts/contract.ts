import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { withCleanup } from './lib/_helpers/cleanup.ts'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import { readPublished } from './lib/boot/published-image.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { judgeContract } from './lib/proof/contract.ts'
import { renderBox } from './lib/render/render.ts'
import type { Counts } from './lib/selftest/count.ts'
import { withMachine } from './lib/verify/image.ts'
import type { Target } from './lib/verify/results.ts'
import { scrub } from './lib/verify/scrub.ts'
import { targetFrom, targetOptions } from './lib/verify/target.ts'

const command: Command = {
  verb: 'contract',
  summary:
    'Tests an Agent for the facts that verification relies on: paths, units, commands, JSON, exit codes. The lab Agent and a real one take the same tests.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    ...targetOptions,
    ...machineOption('auto'),
    verbose: { type: 'boolean', help: 'list every test, not only the failed ones' },
  },
  examples: [
    ['npm run contract', 'boots the lab image and tests the lab Agent'],
    [
      'npm run contract -- ubuntu --host db1.example --key ~/.ssh/id_ed25519 --host-key SHA256:…',
      'tests a real Agent: restarts it twice, adds four checks and removes them again',
    ],
  ],
}

const onLine =
  ({ flags }: Parsed) =>
  (line: string): void => {
    if (flags.verbose === true || !line.startsWith('ok ')) console.log(scrub(line))
  }

const judgeHost = async (name: string, target: Target, parsed: Parsed, project: Project): Promise<Counts> => {
  const { expectations } = await renderBox(await loadBox(name, project), project)
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-contract-'))
  return withCleanup(
    () => rm(folder, { recursive: true, force: true }),
    () =>
      judgeContract(
        { target, expectations, disposable: false, keyed: null },
        { tool: project.tool, folder, onLine: onLine(parsed) },
      ),
  )
}

const judgeImage = async (name: string, parsed: Parsed, project: Project): Promise<Counts> => {
  const published = await readPublished((await loadBox(name, project)).name, project)
  const onNote = (text: string): void => console.log(`  ${text}`)
  const { DD_API_KEY: _, ...environment } = process.env
  const machine = machineChoice(parsed.values.machine, 'auto')
  // Starts without a key, as part of the contract; the key comes later.
  return withMachine(published, { environment, onNote, machine, keyless: true }, project, ({ login, keyed }) =>
    judgeContract(
      { target: login, expectations: published.expectations, disposable: true, keyed },
      { tool: project.tool, folder: dirname(login.key), onLine: onLine(parsed) },
    ),
  )
}

/** `npm run contract`: 0 when the Agent meets the contract; ends with `N passed, N failed`. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const name = chosenBox(parsed.positional, project)
  const target = targetFrom('contract', parsed.values)
  const { passed, failed, skipped } = await (target === undefined
    ? judgeImage(name, parsed, project)
    : judgeHost(name, target, parsed, project))
  console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
  return failed === 0 ? 0 : 1
}
