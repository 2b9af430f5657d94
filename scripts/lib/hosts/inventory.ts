// Reads a YAML inventory of hosts.

import { dirname, resolve } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { keyOffset, type Source, valueOffset } from '../box/source.ts'
import { assertNone, validate } from '../box/validate.ts'
import { type Defaults, type Inventory, type InventoryHost, inventorySchema } from './inventory-schema.ts'
import { pathOf } from './ssh-config.ts'
import { isHostName, type Wish } from './wish.ts'

interface Entry {
  readonly host: InventoryHost
  readonly path: readonly PropertyKey[]
  /** Nearest first. */
  readonly defaults: readonly Defaults[]
}

const entriesOf = (inventory: Inventory): Entry[] => [
  ...(inventory.hosts ?? []).map((host, index) => ({ host, path: ['hosts', index], defaults: [inventory] })),
  ...Object.entries(inventory.groups ?? {}).flatMap(([name, group]) =>
    group.hosts.map((host, index) => ({
      host,
      path: ['groups', name, 'hosts', index],
      defaults: [group, inventory],
    })),
  ),
]

const wishOf = ({ host, defaults }: Entry, folder: string): Wish => {
  const own = typeof host === 'string' ? { host } : host
  const all: readonly (Defaults & { name?: string | undefined; hostKey?: string | undefined })[] = [own, ...defaults]
  const first = <K extends 'port' | 'user' | 'key'>(key: K) => all.find((one) => one[key] !== undefined)?.[key]
  const [port, user, key] = [first('port'), first('user'), first('key')]
  return {
    name: all[0]?.name ?? own.host,
    host: own.host,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { key: resolve(folder, pathOf(key)) }),
    ...(all[0]?.hostKey === undefined ? {} : { hostKey: all[0].hostKey }),
    tags: [...new Set(all.flatMap(({ tags }) => tags ?? []))],
  }
}

/** Groups may name the same host; then all of them apply to it, the first one's login wins. */
const merged = (wishes: readonly Wish[]): Wish[] => {
  const found = new Map<string, Wish>()
  for (const wish of wishes) {
    const known = found.get(wish.name)
    found.set(
      wish.name,
      known === undefined ? wish : { ...wish, ...known, tags: [...new Set([...known.tags, ...wish.tags])] },
    )
  }
  return [...found.values()]
}

const problem = (offset: number, message: string, expected: string, found: string, next: string) => ({
  offset,
  message,
  expected,
  found,
  next,
})

/**
 * The hosts of an inventory, each once.
 *
 * @throws BoxhoundError E_BOX_FILE (exit code 2) with every problem and its position.
 */
export const readInventory = (source: Source, file: string): Wish[] => {
  const { data, problems } = validate(source, inventorySchema)
  assertNone(source, problems)
  if (data === undefined) return []
  const entries = entriesOf(data)
  const wishes = entries.map((entry) => wishOf(entry, dirname(file)))
  const list = new Set<string>()
  assertNone(
    source,
    entries.flatMap(({ path }, index) => {
      const wish = wishes[index]
      if (wish === undefined) return []
      if (!isHostName(wish.host))
        return [
          problem(valueOffset(source, path), 'not a host name', 'a host name or address', wish.host, 'check the name'),
        ]
      const place = `${path.slice(0, -1).join('.')} ${wish.name}`
      if (list.has(place))
        return [
          problem(
            keyOffset(source, path),
            `${wish.name} is listed twice`,
            'each name once in a list',
            wish.name,
            'remove one, or give it another name',
          ),
        ]
      list.add(place)
      return []
    }),
  )
  if (entries.length === 0)
    throw new BoxhoundError('E_BOX_FILE', 'the inventory has no hosts', {
      file: source.path,
      exitCode: 2,
      expected: 'hosts: [db1.example, …], or groups with hosts',
      found: 'neither hosts nor groups',
      next: 'add hosts',
    })
  return merged(wishes)
}
