// Starts two machines from one image.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { withCleanup } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { bootContainer, type HandedIn } from '../boot/container.ts'
import { expandImage } from '../boot/expand.ts'
import { awaitConsole, hostKeyOf } from '../boot/first-boot.ts'
import { launch } from '../boot/launch.ts'
import { bootMachine, type Login, type Machine, type MachineKind } from '../boot/machine.ts'
import type { Accelerator } from '../boot/machine-spec.ts'
import { endProcess, waitForExit } from '../boot/process.ts'
import { socketPath } from '../boot/socket.ts'
import type { DatabaseExpectation, Seed } from '../render/rendered-box.ts'
import { jsonIn } from '../verify/output-json.ts'
import { connect, type Session } from '../verify/ssh.ts'
import type { Identities, MachineEvidence } from './evidence.ts'
import { identities, identitiesScript } from './identities.ts'

export interface MachineOptions {
  readonly box: string
  readonly image: string
  readonly database: DatabaseExpectation | null
  readonly seed: Seed
  /** Holds the machines' disks; the caller removes it. */
  readonly folder: string
  readonly kind: MachineKind
  readonly accelerator: Accelerator
  readonly onNote: (text: string) => void
}

const reportSchema = z.record(z.string(), z.string().nullable())

/** Seconds for an Agent to make what it makes at its first start. */
const patience = 90

const withSession = async <T>(login: Login, work: (session: Session) => Promise<T>): Promise<T> => {
  const session = await connect(login)
  try {
    return await work(session)
  } finally {
    session.close()
  }
}

/** Digests of all identities; the Agent makes its own some seconds after first boot, so they are waited for. */
const readIdentities = async (
  session: Session,
  { database, seed, kind }: MachineOptions,
  project: Project,
): Promise<Identities> => {
  const source = await readFile(join(project.tool, 'suite', 'image', 'identities.py'), 'utf8')
  const stdin = identitiesScript(source, database)
  const end = Date.now() + patience * 1000
  for (;;) {
    const result = await session.run('python3 -ISB -', { stdin, name: 'identities.py', deadline: 60 })
    const report = reportSchema.safeParse(jsonIn(result.stdout))
    if (!report.success)
      throw new BoxhoundError('E_IDENTITIES', 'cannot read the identities of the machine', {
        found: result.stderr.slice(-500),
      })
    const complete = identities({ database, seed, machine: kind }).every(({ name }) => report.data[name] != null)
    if (complete || Date.now() > end) return report.data
    await sleep(1000)
  }
}

/** What the containers of this folder read. */
const rawDisk = (folder: string): string => join(folder, 'disk.raw')

const boot = (folder: string, options: MachineOptions, { tool }: Project, again?: HandedIn): Promise<Machine> => {
  const { box, image, kind, accelerator, seed, onNote } = options
  const shared = { box, folder, detached: false, environment: {}, seed, onNote }
  if (kind === 'qemu') return bootMachine({ ...shared, image, accelerator, isolated: true })
  // What the first machine writes is on the disk, since it is started twice.
  const upper = join(folder, 'upper')
  return bootContainer({
    ...shared,
    tool,
    disk: rawDisk(options.folder),
    upper,
    ...(again === undefined ? {} : { again }),
  })
}

/** Switches a machine off as its owner would, so that its second boot finds what a clean end leaves. */
const switchOff = async (machine: Machine, session: Session): Promise<void> => {
  await session.run('systemctl --no-block poweroff').catch(() => undefined)
  if (!(await waitForExit(machine.process, 60)))
    throw new BoxhoundError('E_POWEROFF', 'the machine did not power off within 60 s')
}

/** The same disk again, with nothing handed in: what the first boot was given must have stayed. */
const bootAgain = async (
  machine: Machine,
  folder: string,
  options: MachineOptions,
  project: Project,
): Promise<Identities> => {
  if (options.kind === 'container') {
    const again = await boot(folder, options, project, { key: machine.login.key, keyed: machine.keyed })
    return withCleanup(again.stop, () =>
      withSession(again.login, (session) => readIdentities(session, options, project)),
    )
  }
  const console = join(folder, 'console-2.log')
  const spec = {
    name: `boxhound-${options.box}`,
    accelerator: options.accelerator,
    cpus: 2,
    memory: 2048,
    isolated: true,
    disk: join(folder, 'disk.qcow2'),
    console,
    qmp: socketPath(folder),
    credentials: [],
    seed: null,
  }
  const launched = await launch(spec, { log: join(folder, 'qemu-2.log'), detached: false })
  return withCleanup(
    () => endProcess(launched.process, () => launched.qmp.execute('quit')),
    async () => {
      const facts = await awaitConsole(console, launched.process, 'first-boot', 240)
      const login = { ...machine.login, port: launched.port, hostKey: hostKeyOf(facts, console) }
      return withSession(login, (session) => readIdentities(session, options, project))
    },
  )
}

/** Starts two machines from one image, one after the other, the first one twice, and notes what each is told by. */
export const meetMachines = async (options: MachineOptions, project: Project): Promise<MachineEvidence> => {
  const { folder, onNote } = options
  if (options.kind === 'container') await expandImage(options.image, rawDisk(folder))
  const one = join(folder, 'one')
  const machine = await boot(one, options, project)
  onNote(`first machine up after ${machine.bootSeconds.toFixed(1)} s`)
  const first = await withCleanup(machine.stop, () =>
    withSession(machine.login, async (session) => {
      const report = await readIdentities(session, options, project)
      await switchOff(machine, session)
      return report
    }),
  )
  const again = await bootAgain(machine, one, options, project)
  onNote('first machine power-cycled')
  const second = await boot(join(folder, 'two'), options, project)
  onNote(`second machine up after ${second.bootSeconds.toFixed(1)} s`)
  const other = await withCleanup(second.stop, () =>
    withSession(second.login, (session) => readIdentities(session, options, project)),
  )
  return { first, again, other }
}
