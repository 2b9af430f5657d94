// Refuses what a layer of the user's would take from another layer: owners of paths, accounts, units and packages (fault 63).

import { BoxhoundError } from '../_helpers/errors.ts'
import type { Box } from '../box/box.ts'
import { isOfAgent } from './owned.ts'
import type { LayerSpec, RenderedLayer } from './rendered-box.ts'

/** Something that a layer claims, in the word for it that an error uses. */
interface Claim {
  readonly what: 'path' | 'account' | 'group' | 'unit' | 'package' | 'number' | 'keyring'
  readonly name: string
  /** Two layers may claim a thing in the same way: a package without a version, a unit that both enable. */
  readonly as: string
  readonly by: string
}

const distribution: readonly string[] = [
  ...['root', 'daemon', 'bin', 'sys', 'sync', 'games', 'man', 'lp', 'mail', 'news', 'uucp', 'proxy', 'backup', 'list'],
  ...['irc', '_apt', 'nobody', 'systemd-network', 'systemd-timesync', 'systemd-resolve', 'messagebus', 'sshd'],
]

const given = (what: Claim['what'], names: readonly string[], by: string, as = ''): Claim[] =>
  names.map((name) => ({ what, name, as, by }))

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`)

/** `curl` of `curl=8.0-1` or `curl/unstable`. */
const packageOf = (text: string): Claim & { readonly what: 'package' } => {
  const [name = text] = text.split(/[=/:]/)
  return { what: 'package', name, as: text.slice(name.length), by: '' }
}

const unitsOf = ({ units }: LayerSpec, by: string): Claim[] =>
  (['enable', 'disable', 'mask'] as const).flatMap((verb) => given('unit', units[verb], by, verb))

const accountsOf = (spec: LayerSpec, by: string): Claim[] => [
  ...(spec.users ?? []).map(({ name }) => ({ what: 'account' as const, name, as: `of ${by}`, by })),
  ...(spec.users ?? []).flatMap(({ name, uid }) =>
    uid === undefined ? [] : given('number', [`uid ${uid}`], by, `${name} of ${by}`),
  ),
  ...(spec.groups ?? []).flatMap(({ name, gid }) => [
    ...given('group', [name], by, `gid ${gid ?? 'any'}`),
    ...(gid === undefined ? [] : given('number', [`gid ${gid}`], by, name)),
  ]),
]

/** What boxhound's layers have before any of the user's is looked at. */
const taken = (layers: readonly RenderedLayer[], { database, app }: Box): Claim[] => [
  ...given('account', distribution, 'the distribution'),
  ...given('account', ['dd-agent'], 'the Agent'),
  ...given('unit', ['datadog-agent.service', 'datadog-agent'], 'the Agent', 'enable'),
  ...given('package', ['datadog-agent'], 'the Agent', 'pinned'),
  ...(database === null ? [] : given('account', database.definition.accounts, `the database (${database.engine})`)),
  ...(app === null ? [] : given('account', app.definition.accounts, `the app (${app.name})`)),
  ...layers
    .filter(({ own }) => own === undefined)
    .flatMap(({ name, spec }) => [
      ...unitsOf(spec, `the layer ${name}`),
      ...spec.packages.map((text) => ({ ...packageOf(text), by: `the layer ${name}` })),
      ...given(
        'keyring',
        spec.repositories.map(({ keyring }) => rooted(keyring)),
        `the layer ${name}`,
      ),
    ]),
]

const claimsOf = ({ name, spec }: RenderedLayer): Claim[] => {
  const by = `the layer ${name}`
  return [
    ...accountsOf(spec, by),
    ...unitsOf(spec, by),
    ...spec.packages.map((text) => ({ ...packageOf(text), by })),
    ...given(
      'keyring',
      spec.repositories.map(({ keyring }) => rooted(keyring)),
      by,
      by,
    ),
  ]
}

const refuse = (layer: RenderedLayer, what: string, owner: string, next: string): BoxhoundError =>
  new BoxhoundError('E_LAYER', `${what} belongs to ${owner}`, {
    file: `${layer.folders[0] ?? layer.name}/layer.yaml`,
    exitCode: 2,
    expected: `something that no other layer has`,
    found: `${owner} and the layer ${layer.name}`,
    next,
  })

/** An owner rule may only cover files that the layer brings, or that nobody else does. */
const assertPaths = (layer: RenderedLayer, layers: readonly RenderedLayer[]): void => {
  const others = layers.filter((other) => other !== layer)
  for (const { path, recursive } of layer.spec.owners) {
    const bare = path.replace(/^\/|\/$/g, '')
    const isBelow = (file: string): boolean => recursive === true && file.startsWith(`${bare}/`)
    const found = others.flatMap(({ files }) => files).find((file) => file.path === bare || isBelow(file.path))
    const owner = isOfAgent(bare) ? 'the Agent' : found?.source
    if (owner !== undefined)
      throw refuse(layer, rooted(bare), owner, 'remove it from owners: the other layer sets owner and mode')
  }
}

/**
 * Refuses a layer of the user's that changes what another layer, the Agent or the distribution has.
 *
 * @throws BoxhoundError E_LAYER (exit code 2) naming the owner.
 */
export const assertOwnPlaces = (layers: readonly RenderedLayer[], box: Box): void => {
  const known = taken(layers, box)
  for (const layer of layers.filter(({ own }) => own !== undefined)) {
    assertPaths(layer, layers)
    for (const claim of claimsOf(layer)) {
      const other = known.find(({ what, name, as }) => what === claim.what && name === claim.name && as !== claim.as)
      if (other !== undefined)
        throw refuse(layer, `the ${claim.what} ${claim.name}`, other.by, `choose another, or remove it from layer.yaml`)
      known.push(claim)
    }
  }
}
