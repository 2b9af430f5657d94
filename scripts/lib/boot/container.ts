// Runs a box's userland in systemd-nspawn.

import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../_helpers/child.ts'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { readTail } from '../_helpers/plain-file.ts'
import { killNamespace } from '../_helpers/sandbox.ts'
import { cgroupOf, removeCgroups } from './cgroups.ts'
import { lastLines } from './console.ts'
import { inputsFrom, removeCredentials, writeCredentials } from './credentials.ts'
import { awaitConsole, hostKeyOf } from './first-boot.ts'
import { createKeyPair } from './key-pair.ts'
import type { ContainerMachine, MachineOptions } from './machine.ts'
import { freePort, isPortTaken } from './port.ts'
import { endProcess, identify, isRunning, type ProcessIdentity, waitForExit } from './process.ts'
import { containerNetwork, noCloudFiles } from './seed.ts'

/** What a disk received at its first start. */
export interface HandedIn {
  /** The private key's file. */
  readonly key: string
  readonly keyed: boolean
}

export interface ContainerOptions extends MachineOptions {
  /** The checkout, for container/container.sh. */
  readonly tool: string
  /** A raw disk, or an overlay in the store; it is read and never written. */
  readonly disk: string
  /** What this disk received when it ran before; now it receives nothing. */
  readonly again?: HandedIn
  /**
   * Folder for the machine's changes, so that the same disk can be started again; without it they are kept in memory.
   */
  readonly upper?: string
}

const attempts = 5

/**
 * Stops a container and waits until all of it is gone: its processes, and with them mounts and namespaces; its control
 * groups.
 */
export const endContainer = async (machine: ProcessIdentity, folder: string): Promise<void> => {
  if (isRunning(machine)) {
    killNamespace(machine.pid)
    if (!(await waitForExit(machine, 5))) await endProcess(machine)
  }
  await removeCgroups(cgroupOf(folder))
}

/** Writes the inputs as files for container.sh, in the form that the image expects, with a new key for this machine. */
const handIn = async (
  { folder, seed, userData, environment }: ContainerOptions,
  secrets: string,
): Promise<HandedIn> => {
  const { file, publicKey } = await createKeyPair(folder)
  const inputs = inputsFrom(environment, [publicKey])
  if (seed === 'nocloud') {
    await mkdir(secrets, { recursive: true, mode: 0o700 })
    const files = { ...noCloudFiles(inputs, userData?.text), 'network-config': containerNetwork }
    for (const [name, text] of Object.entries(files)) await writeFile(join(secrets, name), text, { mode: 0o600 })
  } else await writeCredentials(inputs, secrets)
  return { key: file, keyed: inputs.apiKey !== undefined }
}

/**
 * The maximum size of a container's changes, which are kept in memory.
 *
 * @throws E_INPUT with exit code 2.
 */
export const memoryFrom = ({ BOXHOUND_MACHINE_MEMORY: size }: NodeJS.ProcessEnv): string => {
  if (size === undefined || size === '') return '4G'
  if (/^[1-9]\d{0,5}[MG]$/.test(size)) return size
  throw new BoxhoundError('E_INPUT', 'BOXHOUND_MACHINE_MEMORY is not a valid size', {
    expected: 'a number of MiB or GiB, such as 4G',
    found: size,
    exitCode: 2,
  })
}

const spawned = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('spawn', () => resolve())
    child.once('error', (error) =>
      reject(
        new BoxhoundError('E_CONTAINER_START', 'cannot start the container', {
          found: error.message,
          next: 'npm run setup',
          exitCode: 3,
        }),
      ),
    )
  })

/**
 * Starts container.sh in namespaces that end with this process, or, if detached, with the container itself.
 *
 * The kernel cleans up everything except the control groups. reap.sh removes those: it waits on a pipe that every
 * process of the container holds but this process doesn't, so it survives a SIGKILL of boxhound and ends with the
 * container.
 */
const start = async (options: ContainerOptions, port: number): Promise<ProcessIdentity> => {
  const { tool, folder, disk, upper, detached, lock } = options
  const group = cgroupOf(folder)
  const reaper = startChild('bash', [join(tool, 'container', 'reap.sh'), group], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  await spawned(reaper)
  reaper.unref()
  const [console, log] = [
    await open(join(folder, 'console.log'), 'w', 0o600),
    await open(join(folder, 'container.log'), 'w', 0o600),
  ]
  try {
    const namespaces = ['unshare', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc', '--']
    const script = ['bash', join(tool, 'container', 'container.sh'), resolve(folder), resolve(disk), String(port)]
    const command = [...namespaces, ...script, ...(upper === undefined ? [] : [resolve(upper)])]
    const [file = '', ...rest] = command
    const child = startChild(file, rest, {
      ...(detached ? {} : { dies: 'SIGKILL' as const }),
      cwd: '/',
      environment: {
        ...cleanEnvironment(),
        BOXHOUND_CGROUP: group,
        BOXHOUND_MACHINE_MEMORY: memoryFrom(options.environment),
      },
      // Its own process group, so that Ctrl-C on the terminal reaches only boxhound, which then shuts the machine down
      // in order.
      detached: true,
      stdio: ['ignore', console.fd, log.fd, reaper.stdin, ...(lock === undefined ? [] : [lock])],
    })
    await spawned(child)
    child.unref()
    return identify(child.pid ?? 0)
  } finally {
    reaper.stdin?.destroy()
    await Promise.all([console.close(), log.close()])
  }
}

/** True if the container runs and has read all its inputs; false if it ended before. */
const running = async (machine: ProcessIdentity, folder: string): Promise<boolean> => {
  while (!existsSync(join(folder, 'leader'))) {
    if (!isRunning(machine)) return false
    await sleep(10)
  }
  return true
}

const launch = async (options: ContainerOptions): Promise<{ process: ProcessIdentity; port: number }> => {
  const { folder } = options
  let words = ''
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = await freePort()
    await rm(join(folder, 'leader'), { force: true })
    const machine = await start(options, port)
    await options.onStart?.(machine, () => endContainer(machine, folder))
    if (await running(machine, folder)) return { process: machine, port }
    await endContainer(machine, folder)
    words = await readTail(join(folder, 'container.log'))
    if (!isPortTaken(words)) break
  }
  throw new BoxhoundError('E_CONTAINER_START', 'the container exited during start-up', {
    file: join(folder, 'container.log'),
    found: lastLines(words, 8) || 'no message',
    next: isPortTaken(words)
      ? `${attempts} ports in a row were taken; try again`
      : '--machine qemu boots it without a container',
  })
}

/**
 * Boots the userland of a disk with systemd-nspawn, at native speed on this machine's kernel. Returns when first boot
 * is over, whether it succeeded or not (`facts.firstBoot`). The container has a network of its own that contains
 * nothing else; the only way in is the SSH port on loopback.
 *
 * @throws E_CONTAINER_START, E_BOOT.
 */
export const bootContainer = async (options: ContainerOptions): Promise<ContainerMachine> => {
  const { folder, seed, deadline = seed === 'nocloud' ? 240 : 120 } = options
  const begun = Date.now()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const secrets = join(folder, 'credentials')
  const { key, keyed } = options.again ?? (await handIn(options, secrets))
  const launched = await launch(options).finally(() => removeCredentials(secrets))
  const stop = (): Promise<void> => endContainer(launched.process, folder)
  try {
    const console = join(folder, 'console.log')
    const facts = await awaitConsole(console, launched.process, options.until ?? 'first-boot', deadline)
    const login = {
      host: '127.0.0.1',
      port: launched.port,
      user: options.userData?.user ?? 'root',
      key,
      hostKey: hostKeyOf(facts, console),
    }
    const bootSeconds = (Date.now() - begun) / 1000
    return {
      kind: 'container',
      process: launched.process,
      login,
      facts,
      keyed,
      bootSeconds,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
