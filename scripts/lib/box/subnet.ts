// An IPv4 subnet, and the addresses that a box takes from it.

/** Subnet of the box's bridge where the box file names none. */
export const defaultSubnet = '10.94.0.0/24'

export const subnetExpectation = 'a private IPv4 subnet such as 10.94.0.0/24, from /16 to /28'

interface Subnet {
  readonly base: number
  readonly bits: number
}

const parse = (text: string): Subnet | undefined => {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const [, ...parts] = match
  // A leading zero is read as octal by some programs.
  if (parts.some((part) => part.length > 1 && part.startsWith('0'))) return undefined
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = parts.map(Number)
  if ([a, b, c, d].some((part) => part > 255) || bits > 32) return undefined
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, bits }
}

const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

const size = ({ bits }: Subnet): number => 2 ** (32 - bits)

/** RFC 1918, and RFC 6598, which networks at home do not use. */
const blocks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']

const contains = (outer: Subnet, inner: Subnet): boolean =>
  inner.base >= outer.base && inner.base + size(inner) <= outer.base + size(outer)

/** What to do about a subnet that cannot be used; undefined for one that can. */
export const subnetProblem = (text: string): string | undefined => {
  const subnet = parse(text)
  if (subnet === undefined) return 'write four numbers and a prefix length, such as 10.94.0.0/24'
  const first = subnet.base - (subnet.base % size(subnet))
  if (first !== subnet.base) return `write ${dotted(first)}/${subnet.bits}: the bits behind the prefix must be zero`
  if (subnet.bits < 16 || subnet.bits > 28) return 'choose a prefix length from 16 to 28'
  const isPrivate = blocks.some((block) => {
    const outer = parse(block)
    return outer !== undefined && contains(outer, subnet)
  })
  return isPrivate ? undefined : `choose one inside ${blocks.join(', ')}: others belong to somebody`
}

/** Addresses of the box's bridge. */
export interface BridgeAddresses {
  readonly subnet: string
  /** The host's. */
  readonly gateway: string
  /** The Agent's container. */
  readonly agent: string
  /** The app's container. */
  readonly app: string
}

/** The fixed addresses in a valid subnet: the host has the first, the Agent the second, the app the third. */
export const addressesIn = (subnet: string): BridgeAddresses => {
  const base = parse(subnet)?.base ?? 0
  return { subnet, gateway: dotted(base + 1), agent: dotted(base + 2), app: dotted(base + 3) }
}
