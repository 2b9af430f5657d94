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
const project = { root, out: join(folder, 'out'), cache }
mkdirSync(cache)
for (const name of ['wheels', 'lab', 'apt', 'images']) {
  const own = join(projectAt(root).cache, name)
  if (existsSync(own)) cpSync(own, join(cache, name), { recursive: true })
}

const text = readFileSync(join(root, `boxes/${box}.yaml`), 'utf8')
if (!text.includes(from)) throw new Error(`boxes/${box}.yaml has another Agent than ${from}`)

/** Seconds of a bake, and the layers that it found in the store. */
const bake = async (version: string): Promise<{ seconds: number; cached: string[]; agent: string }> => {
  const file = join(folder, `${box}.yaml`)
  writeFileSync(file, text.replace(from, version))
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts/_run.mjs'), 'bake', file, '--no-verify', '--json'],
    {
      encoding: 'utf8',
      env: { ...process.env, BOXHOUND_CACHE: cache, BOXHOUND_OUT: project.out },
    },
  )
  const manifest = await readManifest(project, box)
  if (status !== 0 || manifest === undefined) throw new Error(stderr)
  return {
    seconds: manifest.seconds,
    cached: manifest.layers.filter((layer) => layer.cached).map(({ name }) => name),
    agent: manifest.packages.find(({ name }) => name === 'datadog-agent')?.version ?? 'none',
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

const [full, upgraded]: [number[], number[]] = [[], []]
for (let time = 1; time <= Number(times); time++) {
  rmSync(join(cache, 'layers'), { recursive: true, force: true })
  const first = await bake(from)
  const second = await bake(to)
  full.push(first.seconds)
  upgraded.push(second.seconds)
  console.log(
    `${time}: ${first.agent} in ${first.seconds} s, nothing cached but ${first.cached.join(' ') || 'downloads'};`,
    `${second.agent} in ${second.seconds} s, cached: ${second.cached.join(' ')}`,
  )
  if (second.cached.join(' ') !== 'image base') throw new Error('other layers were cached than those below the Agent')
}
const ratio = median(full.map((seconds, index) => seconds / (upgraded[index] ?? seconds)))
console.log(
  `medians of ${times}: whole bake ${median(full)} s, new agent.version ${median(upgraded)} s, ${ratio.toFixed(1)} times quicker`,
)
