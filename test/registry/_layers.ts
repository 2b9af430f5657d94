import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import type { ExecutionContext } from 'ava'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { makeWorkFolder } from '../../scripts/lib/cache/leftovers.ts'
import { type LayerRecord, layersFolder, overlayPath, readRecord, recordLayer } from '../../scripts/lib/cache/store.ts'
import type { Deadlines } from '../../scripts/lib/fetch/network.ts'
import type { Patience } from '../../scripts/lib/fetch/retry.ts'
import type { PlannedLayer, PlannedName } from '../../scripts/lib/plan/planned-layer.ts'
import { type Pulled, pullLayers } from '../../scripts/lib/registry/pull.ts'
import { type Pushed, type PushOptions, pushLayers } from '../../scripts/lib/registry/push.ts'
import { openRegistry, type Registry } from '../../scripts/lib/registry/registry.ts'
import { emptyProject, idOf } from '../cache/_store.ts'
import type { FakeRegistry } from './_registry.ts'

export const late: Deadlines = { connect: 60_000, quiet: 60_000 }
export const patient: Patience = { tries: 4, pause: () => 1 }

/** The header of a qcow2 file as qemu-img writes it, 4 KiB. */
export const header = (backing: string | null, format = 'qcow2', incompatible = 0x10n): Buffer => {
  const bytes = Buffer.alloc(4096)
  bytes.writeUInt32BE(0x514649fb, 0)
  bytes.writeUInt32BE(3, 4)
  bytes.writeBigUInt64BE(incompatible, 72)
  bytes.writeUInt32BE(112, 100)
  if (backing === null) return bytes
  bytes.writeBigUInt64BE(528n, 8)
  bytes.writeUInt32BE(backing.length, 16)
  bytes.write(backing, 528, 'latin1')
  bytes.writeUInt32BE(0xe2792aca, 112)
  bytes.writeUInt32BE(format.length, 116)
  bytes.write(format, 120, 'latin1')
  return bytes
}

/** Puts a layer into a store: a qcow2 header and bytes that no other layer has and nothing compresses. */
export const makeLayer = async (
  project: Project,
  name: string,
  parent: string | null,
  { size = 300_000, begin = header(parent === null ? null : `${idOf(parent)}.qcow2`) } = {},
): Promise<LayerRecord> => {
  const id = idOf(name)
  const content = Buffer.concat([begin, randomBytes(size)])
  await mkdir(layersFolder(project), { recursive: true })
  await writeFile(overlayPath(id, project), content)
  const record: LayerRecord = {
    id,
    name,
    parent: parent === null ? null : idOf(parent),
    sha256: sha256(content),
    bytes: content.length,
    parentSha256: parent === null ? null : ((await readRecord(idOf(parent), project))?.sha256 ?? idOf('no file')),
    seconds: 1.5,
    created: '2026-01-01T00:00:00.000Z',
    ...(name === 'seal' ? { packages: [{ name: 'bash', version: '5.2', source: 'bash' }] } : {}),
  }
  await recordLayer(record, project)
  return record
}

const names: readonly PlannedName[] = ['image', 'base', 'checks', 'seal']

/** image ← base ← checks ← seal, as a plan has them. */
export const plan: readonly PlannedLayer[] = names.map((name, index) => ({
  name,
  id: idOf(name),
  period: '1',
  engine: 'apt',
  rendered: null,
  parent: index === 0 ? null : idOf(names[index - 1] ?? ''),
}))

/** A store with all of the plan. */
export const fullStore = async (t: ExecutionContext): Promise<{ project: Project; layers: LayerRecord[] }> => {
  const project = await emptyProject(t)
  const layers: LayerRecord[] = []
  for (const [index, name] of names.entries())
    layers.push(await makeLayer(project, name, index === 0 ? null : (names[index - 1] ?? '')))
  return { project, layers }
}

/** A connection to a fake registry that ends with the test. */
export const connect = (t: ExecutionContext, { host }: Pick<FakeRegistry, 'host'>, environment = {}): Registry => {
  const repository = { host, path: 'team/layers' }
  const registry = openRegistry(repository, {
    network: {},
    plainHttp: true,
    actions: 'pull,push',
    deadlines: late,
    environment: { DOCKER_CONFIG: '/nonexistent', ...environment },
  })
  t.teardown(registry.close)
  return registry
}

export const push = async (
  registry: Registry,
  layers: readonly LayerRecord[],
  project: Project,
  more: Partial<PushOptions> = {},
): Promise<{ pushed: Pushed[]; states: string; lines: string[] }> => {
  const lines: string[] = []
  const options: PushOptions = {
    dryRun: false,
    replace: false,
    patience: patient,
    doing: () => {},
    ended: () => {},
    tell: (line) => lines.push(line),
    ...more,
  }
  const work = await makeWorkFolder('cache push', [], project)
  const pushed = await pushLayers(layers, registry, options, work, project)
  return { pushed, states: pushed.map(({ name, state }) => `${name}:${state}`).join(' '), lines }
}

let runs = 0

export const pull = async (
  registries: readonly Registry[],
  project: Project,
  wanted: readonly PlannedLayer[] = plan,
  below?: LayerRecord,
): Promise<{ pulled: Pulled[]; names: string; lines: string[]; done: string[] }> => {
  const [lines, done]: [string[], string[]] = [[], []]
  const progress = { doing: (layer: string, text: string) => done.push(`${layer} ${text}`), ended: () => {} }
  const options = { patience: patient, progress, tell: (line: string) => lines.push(line) }
  const made = await makeWorkFolder('cache pull', [], project)
  // Two pulls in one process would be one run.
  runs += 1
  const work = { ...made, run: `${made.run}-${runs}` }
  const pulled = await pullLayers(wanted, below, registries, options, work, project)
  return { pulled, names: pulled.map(({ record }) => record.name).join(' '), lines, done }
}
