// Finds the longest chain of layers in registries.

import { bindingFault } from '../cache/binding.ts'
import { type Patience, retrying } from '../fetch/retry.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'
import { oneLine } from './failure.ts'
import { badLayer } from './manifest.ts'
import type { Registry } from './registry.ts'
import { type RemoteLayer, readRemote } from './remote.ts'

/** Reads each layer of each registry once: the layer, what is wrong with it, or undefined. */
type Reader = (registry: Registry, layer: PlannedLayer) => Promise<RemoteLayer | string | undefined>

/** A reader that reports a registry that does not respond, and then skips it. */
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

/** As many of `layers` as a registry has, starting with the first one and built on exactly the file below. */
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
    // The first request has logged in by now, so the others can run in parallel.
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
 * Finds the longest chain of layers that registries have on top of the stored ones. Every layer needs all those below
 * it, so the first gap ends a chain. Chains of different builds can't be mixed: the longest one is used, and other
 * registries may continue where it ends.
 *
 * @param layers layers of a plan that are not stored here, bottom up.
 * @param below SHA-256 of the layer below the first one; null if that is the lowest.
 * @param tell called with the reason why something is not used, in one line.
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
