// Identities that must differ between clones of a machine.

import type { MachineKind } from '../boot/machine.ts'
import type { DatabaseExpectation, Seed } from '../render/rendered-box.ts'
import type { Identities } from './evidence.ts'

/** One thing that distinguishes a machine from its clones. */
export interface Identity {
  readonly name: string
  /** False if it is new at every boot. */
  readonly keeps: boolean
  /** False if a container has none of its own: it belongs to the kernel or the network. */
  readonly container?: false
}

const always: readonly Identity[] = [
  { name: 'machine id', keeps: true },
  { name: 'host name', keeps: true },
  { name: 'ed25519 host key', keeps: true },
  { name: 'ecdsa host key', keeps: true },
  { name: 'Agent auth_token', keeps: true },
  { name: 'Agent ipc_cert.pem', keeps: true },
  { name: 'Agent host name', keeps: true },
  { name: 'first-boot record', keeps: true },
  { name: 'DHCP client id', keeps: true, container: false },
  { name: 'random seed', keeps: false, container: false },
  { name: 'boot id', keeps: false, container: false },
]

/** The parts of a box that add identities. */
export interface Parts {
  readonly database: Pick<DatabaseExpectation, 'identities'> | null
  readonly seed: Seed
  /** Default: qemu. */
  readonly machine?: MachineKind
}

/** In the configuration of the integration's check. */
const databasePassword = 'database password'

/** What must differ between two machines of a box; anything that this kind of machine lacks is left out. */
export const identities = ({ database, seed, machine = 'qemu' }: Parts): Identity[] => [
  ...always.filter(({ container }) => machine === 'qemu' || container !== false),
  ...(database === null
    ? []
    : [databasePassword, ...database.identities.map(({ name }) => name)].map((name) => ({ name, keeps: true }))),
  ...(seed === 'nocloud' ? [{ name: 'cloud-init instance', keeps: true }] : []),
]

/** Empty if both machines have one and the two differ (fault 45). */
export const judgeClones = ({ name }: Identity, one: Identities, other: Identities): string => {
  if (!one[name] || !other[name]) return 'one of the machines has none'
  return one[name] === other[name] ? 'both machines have the same one' : ''
}

/** Empty if a second boot kept what must last, and renewed what must not. */
export const judgeSecondBoot = ({ name, keeps }: Identity, before: Identities, after: Identities): string => {
  if (!before[name] || !after[name]) return 'the machine has none'
  if ((before[name] === after[name]) === keeps) return ''
  return keeps ? 'it changed' : 'it is the same as in the previous boot'
}

/**
 * The Python that prints a machine's identities: suite/image/identities.py, with a call that also requests those of its database.
 *
 * @param source content of that file.
 */
export const identitiesScript = (
  source: string,
  database: Pick<DatabaseExpectation, 'configuration' | 'identities'> | null,
): string => {
  const asked = { configuration: database?.configuration ?? null, commands: database?.identities ?? [] }
  // As hexadecimal digits, which can't end a Python string.
  const hex = Buffer.from(JSON.stringify(asked)).toString('hex')
  return `${source}\nmain(json.loads(bytes.fromhex('${hex}')))\n`
}
