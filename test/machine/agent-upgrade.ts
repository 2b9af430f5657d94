// Measures the way to a new version of the Agent: node --import=tsx test/machine/agent-upgrade.ts [BOX [TIMES]]. By hand, since each time is a
// whole bake.
//
// Each time in a store without layers: the box as it is, then with the later version of lab/agent/versions.txt. The second bake must find
// everything below the Agent in the store and build the rest. What was downloaded before stays, in both: the seconds are those of the work.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { readManifest } from '../../scripts/lib/bake/manifest.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const [box = 'lab', times = '3'] = process.argv.slice(2)
const [from = '', to = ''] = readFileSync(join(root, 'lab/agent/versions.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

const folder = mkdtempSync(join(tmpdir(), 'boxhound-upgrade-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
const cache = join(folder, 'cache')
const project = { tool: root, root, out: join(folder, 'out'), cache }
mkdirSync(cache)
for (const name of ['wheels', 'lab', 'apt', 'images']) {
  const own = join(projectAt(root).cache, name)
  if (existsSync(own)) cpSync(own, join(cache, name), { recursive: true })
}

const text = readFileSync(join(root, `boxes/${box}.yaml`), 'utf8')
if (!text.includes(from)) throw new Error(`boxes/${box}.yaml has another Agent than ${from}`)

interface Baked {
  readonly seconds: number
  /** Of the processor, all processes of the bake together: what other work on the machine does not change. */
  readonly processor: number
  readonly cached: readonly string[]
  readonly agent: string
}

const bake = async (version: string): Promise<Baked> => {
  const file = join(folder, `${box}.yaml`)
  const errors = join(folder, 'stderr')
  writeFileSync(file, text.replace(from, version))
  const command = [process.execPath, join(root, 'scripts/_run.mjs'), 'bake', file, '--no-verify', '--json']
  const timed = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>"$0"'
  const { status, stderr } = spawnSync('bash', ['-c', timed, errors, ...command], {
    encoding: 'utf8',
    env: { ...process.env, BOXHOUND_CACHE: cache, BOXHOUND_OUT: project.out },
  })
  const manifest = await readManifest(box, project)
  if (status !== 0 || manifest === undefined) throw new Error(readFileSync(errors, 'utf8'))
  const [user = 0, system = 0] = stderr.trim().split(' ').map(Number)
  return {
    seconds: manifest.seconds,
    processor: Math.round(user + system),
    cached: manifest.layers.filter((layer) => layer.cached).map(({ name }) => name),
    agent: manifest.packages.find(({ name }) => name === 'datadog-agent')?.version ?? 'none',
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const pairs: (readonly [Baked, Baked])[] = []
const shown = ({ agent, seconds, processor }: Baked): string => `${agent} ${seconds} s, ${processor} s of processor`
for (let time = 1; time <= Number(times); time++) {
  rmSync(join(cache, 'layers'), { recursive: true, force: true })
  const pair = [await bake(from), await bake(to)] as const
  pairs.push(pair)
  console.log(`${time}: whole bake ${shown(pair[0])}; upgrade ${shown(pair[1])}, cached: ${pair[1].cached.join(' ')}`)
  if (pair[1].cached.join(' ') !== 'image base') throw new Error('other layers were cached than those below the Agent')
}
for (const what of ['seconds', 'processor'] as const) {
  const [whole, upgrade] = [0, 1].map((index) => median(pairs.map((pair) => pair[index]?.[what] ?? 0)))
  const ratio = median(pairs.map(([one, other]) => one[what] / other[what]))
  console.log(`${what}, medians of ${times}: whole ${whole}, upgrade ${upgrade}, ratio ${ratio.toFixed(1)}`)
}
