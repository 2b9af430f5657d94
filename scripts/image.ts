import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { formatSeconds } from './lib/_helpers/format.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import { readPublished } from './lib/boot/published-image.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { withImageEvidence } from './lib/proof/image.ts'
import { runAva } from './lib/proof/suite.ts'

const command: Command = {
  verb: 'image',
  summary:
    'Proves that the published image holds no secret, no identity and no trace of its build: on the expanded disk, on a copy with all of these planted, and on two machines started from it. Needs root.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    'disk-only': { type: 'boolean', help: 'test the disk only, start no machine' },
    ...machineOption('auto'),
    verbose: { type: 'boolean', help: 'list every test, not only the failed ones' },
  },
  examples: [
    ['npm run image', 'proves the lab image'],
    ['npm run image -- lab --disk-only --verbose', 'half a minute, lists every test'],
  ],
}

/** `npm run image`: 0 when every proof holds; ends with `N passed, N failed`. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  if (process.getuid?.() !== 0)
    throw new BoxhoundError('E_ROOT', 'only root can mount a disk', { next: 'run it as root', exitCode: 3 })
  const begun = performance.now()
  const { name } = await loadBox(chosenBox(parsed.positional, project), project)
  const published = await readPublished(name, project)
  const onNote = (text: string): void => console.log(`  ${text} (${formatSeconds((performance.now() - begun) / 1000)})`)
  const machine = machineChoice(parsed.values.machine, 'auto')
  const options = { environment: process.env, machine, machines: parsed.flags['disk-only'] !== true, onNote }
  const { passed, failed, skipped } = await withImageEvidence(published, options, project, async (evidence, folder) => {
    const file = join(folder, 'evidence.json')
    await writeFile(file, JSON.stringify(evidence), { mode: 0o600 })
    const all = parsed.flags.verbose === true
    return runAva({
      tool: project.tool,
      suite: 'image',
      variables: { BOXHOUND_EVIDENCE: file },
      onLine: (line) => {
        if (all || !line.startsWith('ok ')) console.log(line)
      },
    })
  })
  console.log(`\n${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
  return failed === 0 ? 0 : 1
}
