import { join } from 'node:path'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { packagesOf, runBench } from './lib/bench/bench.ts'
import { pageFile, resultsFile } from './lib/bench/results.ts'
import { chooseRows, rows } from './lib/bench/rows.ts'
import { fromCaller } from './lib/box/caller.ts'
import { benchPackages, systemPackages } from './lib/setup/packages.ts'
import { makeReady } from './setup.ts'

const command: Command = {
  verb: 'bench',
  summary: `Measures boxhound against stock Packer, mkosi and virt-customize, in turn, on the same base and mirror.
Rows: ${rows.map(({ number, title }) => `${number} ${title.toLowerCase()}`).join(', ')}.`,
  positional: { name: 'ROW', help: 'row numbers (default: all)', multiple: true },
  options: {
    pairs: { type: 'string', value: 'N', help: 'runs per side (default: 5, with --quick 1)' },
    quick: { type: 'boolean', help: 'rows 1, 2, 4 and 7, compared with Packer only: takes minutes, for CI' },
    json: { type: 'boolean', help: 'print results.json on stdout' },
    out: { type: 'string', value: 'DIR', help: 'folder of results.json and report.html (default: out/bench)' },
  },
  examples: [
    ['npm run bench', 'all rows, five pairs each: about an hour and a half without KVM'],
    ['npm run bench -- --quick', 'a few minutes; succeeds whatever the times are'],
    ['npm run bench -- 2 3 --pairs 7', 'two rows; earlier measurements of the others stay in the report'],
    ['npm run bench -- 1 --json | jq .rows[0].comparisons', 'for scripts'],
  ],
}

const pairsFrom = ({ values, flags }: Parsed): number => {
  const text = values.pairs ?? (flags.quick === true ? '1' : '5')
  const pairs = Number(text)
  if (Number.isInteger(pairs) && pairs >= 1 && pairs <= 100) return pairs
  throw new BoxhoundError('E_USAGE', '--pairs is not a number of runs', {
    exitCode: 2,
    expected: 'a whole number from 1 to 100',
    found: text,
    next: 'npm run bench -- --help',
  })
}

/** `npm run bench`: 0 when every side was measured at least once, however fast; 1 when all runs of a side failed. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const quick = parsed.flags.quick === true
  const json = parsed.flags.json === true
  const [pairs, chosen] = [pairsFrom(parsed), chooseRows(parsed.positionals, quick)]
  const say = json ? console.error : console.log
  const wanted = packagesOf(chosen, quick)
  await makeReady(say, true, [...systemPackages, ...benchPackages.filter(({ name }) => wanted.includes(name))])
  const out = parsed.values.out === undefined ? join(project.out, 'bench') : fromCaller(parsed.values.out)
  const { results, failures } = await runBench(chosen, { pairs, quick, out, say }, project)
  if (json) console.log(JSON.stringify(results))
  say(`\n${shown(join(out, resultsFile))}, ${shown(join(out, pageFile))}`)
  for (const line of failures) console.error(line)
  return failures.length === 0 ? 0 : 1
}
