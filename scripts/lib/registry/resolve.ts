// Finds the longest chain of layers in registries.

import { bindingFault } from '../cache/binding.ts'
import { type Patience, retrying } from '../fetch/retry.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { oneLine } from './failure.ts'
import { badLayer } from './manifest.ts'
import type { Registry } from './registry.ts'
import { type RemoteLayer, readRemote } from './remote.ts'

/** Reads each layer of each registry once: a layer, what is wrong with it, or nothing. */
type Reader = (registry: Registry, layer: PlannedLayer) => Promise<RemoteLayer | string | undefined>

/** One that tells of a registry that does not answer, and does not ask it again. */
const reader = (patience: Patience, tell: (line: string) => void): Reader => {
  const silent = new Set<Registry>()
  const known = new Map<string, ReturnType<Reader>>()
  const read: Reader = async (registry, { id }) => {
    if (silent.has(registry)) return undefined
    try {
      return await retrying(patience, { tell: () => {} }, () => readRemote(registry, id))
    } catch (error) {
      if (!silent.has(registry)) tell(`${registry.name} gives no layers: ${oneLine(error)}`)
      silent.add(registry)
      return undefined
    }
  }
  return (registry, layer) => {
    const key = `${registry.name} ${layer.id}`
    const reading = known.get(key) ?? read(registry, layer)
    known.set(key, reading)
    return reading
  }
}

/** As many of `layers`, from the first one up, as a registry has upon the very file that is below. */
const chainOf = async (
  registry: Registry,
  layers: readonly PlannedLayer[],
  below: string | null,
  read: Reader,
  tell: (line: string) => void,
): Promise<RemoteLayer[]> => {
  const chain: RemoteLayer[] = []
  let parent = below
  for (const [index, layer] of layers.entries()) {
    const remote = await read(registry, layer)
    // The first one has logged in by now; the others need not wait for each other.
    if (index === 0 && remote !== undefined) for (const other of layers) void read(registry, other)
    if (remote === undefined) break
    const fault = typeof remote === 'string' ? remote : bindingFault(remote.record, layer, parent)
    if (typeof remote === 'string' || fault !== undefined) {
      tell(oneLine(badLayer(registry.name, layer.name, fault ?? '')))
      break
    }
    chain.push(remote)
    parent = remote.record.sha256
  }
  return chain
}

/**
 * Finds the longest chain of layers that registries have on top of what is stored here. Every layer of an image needs all those below it, so
 * it is the first gap from below that ends a chain. Registries that end earlier than another, or hold other builds, can't be mixed:
 * the longest one counts, and others may go on where it ends.
 *
 * @param layers of a plan that are not stored here, bottom up.
 * @param below SHA-256 of the layer below the first one; null where that is the lowest.
 * @param tell why something is not used, one line each.
 */
export const resolveLayers = async (
  registries: readonly Registry[],
  layers: readonly PlannedLayer[],
  below: string | null,
  patience: Patience,
  tell: (line: string) => void,
): Promise<RemoteLayer[]> => {
  const told = new Set<string>()
  const tellOnce = (line: string): void => {
    if (!told.has(line)) tell(line)
    told.add(line)
  }
  const read = reader(patience, tellOnce)
  const found: RemoteLayer[] = []
  for (;;) {
    const parent = found.at(-1)?.record.sha256 ?? below
    const rest = layers.slice(found.length)
    const chains = await Promise.all(registries.map((registry) => chainOf(registry, rest, parent, read, tellOnce)))
    const longest = chains.reduce((best, chain) => (chain.length > best.length ? chain : best), [])
    if (longest.length === 0) return found
    found.push(...longest)
  }
}
