import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import { formatBytes } from './lib/_helpers/format.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { droppedLines, type UnusableLayer } from './lib/cache/binding.ts'
import { findDamaged } from './lib/cache/integrity.ts'
import { clearDeadRuns, dropUnusable, unusableLayers } from './lib/cache/leftovers.ts'
import { withLock } from './lib/cache/lock.ts'
import { prune } from './lib/cache/prune.ts'
import { type LayerRecord, layersFolder, listRecords } from './lib/cache/store.ts'
import type { Plan } from './lib/plan/planned-layer.ts'

const command: Command = {
  verb: 'cache',
  summary:
    'The layer store: list shows it, verify rehashes every layer, prune removes unused layers; push and pull exchange layers with an OCI registry.',
  positional: { name: 'list|verify|prune|push|pull', help: 'what to do (default: list)' },
  words: '[list|verify|prune | push|pull REGISTRY/REPO [BOX]]',
  most: 3,
  options: {
    days: { type: 'string', value: 'N', help: 'prune: keep unused layers younger than N days (default: 7)' },
    all: {
      type: 'boolean',
      help: 'push: every layer in the store, not only those of BOX (default: lab, or the only one)',
    },
    replace: { type: 'boolean', help: 'push: overwrite layers with the same ids that another machine built' },
    'dry-run': { type: 'boolean', help: 'push: show what would be sent' },
    'plain-http': { type: 'boolean', help: 'push, pull: use http, with a registry on loopback' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run cache -- list', 'layers with age and size, and the path of the store'],
    ['npm run cache -- verify', 'exit code 1 and the names of damaged layers, if any'],
    ['npm run cache -- prune --days 0', 'removes everything that no published image needs'],
    [
      'npm run cache -- push ghcr.io/team/layers lab',
      'the layers of the lab box, with the credentials of docker login',
    ],
    ['npm run cache -- pull ghcr.io/team/layers lab', 'the layers missing from this store'],
    ['npm run cache -- push localhost:5000/layers --all --plain-http', 'all layers, to a registry on this machine'],
  ],
}

const row = ({ id, name, bytes, created }: LayerRecord): string =>
  `  ${id.slice(0, 12)}  ${name.padEnd(9)} ${formatBytes(bytes).padStart(8)}  ${created.slice(0, 16).replace('T', ' ')}`

const list = async (json: boolean, project: Project): Promise<number> => {
  const layers = await listRecords(project)
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0)
  if (json)
    console.log(
      JSON.stringify({
        folder: layersFolder(project),
        bytes,
        layers: layers.map(({ packages: _, ...layer }) => layer),
      }),
    )
  else
    console.log(
      [...layers.map(row), `${layers.length} layers, ${formatBytes(bytes)} in ${layersFolder(project)}`].join('\n'),
    )
  return 0
}

/** Every layer that a bake would reject, and why. */
const judge = async (project: Project): Promise<{ total: number; unusable: UnusableLayer[] }> => {
  const layers = await listRecords(project)
  const unusable = await unusableLayers(project)
  const told = new Set(unusable.map(({ id }) => id))
  const damaged = (await findDamaged(project, layers)).filter(({ id }) => !told.has(id))
  const total = new Set([...layers.map(({ id }) => id), ...told]).size
  const fault = 'damaged: its SHA-256 differs from the recorded one'
  return { total, unusable: [...unusable, ...damaged.map(({ id, name }) => ({ id, name, fault }))] }
}

const verify = async (json: boolean, project: Project): Promise<number> => {
  const { total, unusable } = await judge(project)
  if (json)
    console.log(
      JSON.stringify({ layers: total, damaged: unusable.map(({ id, name, fault }) => ({ id, name, fault })) }),
    )
  else {
    for (const { id, name, fault } of unusable) console.log(`  ${id.slice(0, 12)}  ${(name ?? '').padEnd(9)} ${fault}`)
    console.log(`${total - unusable.length} of ${total} layers match their recorded digests and backing files`)
    if (unusable.length > 0) console.log('The next bake discards the others and rebuilds them.')
  }
  return unusable.length === 0 ? 0 : 1
}

const pruneStore = async (days: string, json: boolean, project: Project): Promise<number> => {
  if (!/^\d{1,5}$/.test(days))
    throw new BoxhoundError('E_USAGE', '--days must be a whole number of days', { exitCode: 2, found: days })
  return withLock('prune', 'cache prune', project, async () => {
    const cleared = await clearDeadRuns(project)
    const dropped = await dropUnusable(project)
    const unrecorded = dropped.map(({ id }) => id)
    const { layers, bytes, runs } = await prune({ days: Number(days), now: Date.now() }, project)
    if (json)
      console.log(
        JSON.stringify({ removed: layers.map(({ id, name }) => ({ id, name })), bytes, unrecorded, cleared, runs }),
      )
    else {
      for (const line of [...cleared, ...droppedLines(dropped)]) console.log(line)
      for (const layer of layers) console.log(row(layer))
      if (runs > 0) console.log(`${runs === 1 ? 'a run is' : `${runs} runs are`} using the store: all downloads stay`)
      console.log(`${layers.length + unrecorded.length} layers removed, ${formatBytes(bytes)} freed`)
    }
    return 0
  })
}

/** The layers that the next bake of a box needs; the earlier phases are loaded only for this. */
const planOf = async (name: string, project: Project): Promise<Plan> => {
  const { loadBox } = await import('./lib/box/load.ts')
  const { renderBox } = await import('./lib/render/render.ts')
  const { planBox } = await import('./lib/plan/plan.ts')
  const { readRefreshed } = await import('./lib/bake/refresh.ts')
  const box = await loadBox(name, project)
  const refreshed = await readRefreshed(box.name, false, project)
  return planBox(await renderBox(box, project), { now: Date.now(), ...refreshed }, project)
}

/** `npm run cache`: the layer store. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const json = parsed.flags.json === true
  const what = parsed.positional ?? 'list'
  if (what === 'push' || what === 'pull') {
    const { pushVerb, pullVerb } = await import('./lib/registry/verbs.ts')
    const [, repository, box] = parsed.positionals
    const words = { repository, box, flags: parsed.flags }
    const planned = (name: string): Promise<Plan> => planOf(name, project)
    return what === 'push' ? pushVerb(words, planned, project) : pullVerb(words, planned, project)
  }
  const [, extra] = parsed.positionals
  if (extra !== undefined)
    throw new BoxhoundError('E_USAGE', 'too many arguments', {
      exitCode: 2,
      found: extra,
      next: 'npm run cache -- --help',
    })
  if (what === 'list') return list(json, project)
  if (what === 'verify') return verify(json, project)
  if (what === 'prune') return pruneStore(parsed.values.days ?? '7', json, project)
  throw new BoxhoundError('E_USAGE', `cache has no "${what}"`, {
    exitCode: 2,
    expected: 'list, verify, prune, push or pull',
    next: 'npm run cache -- --help',
  })
}
