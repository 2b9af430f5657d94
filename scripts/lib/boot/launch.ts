// Starts QEMU, retrying when the port is taken.

import { existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { platform } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from '../_helpers/child.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import { readTail } from '../_helpers/plain-file.ts'
import { qemuArguments } from './command.ts'
import { lastLines } from './console.ts'
import type { QemuSpec } from './machine-spec.ts'
import { freePort, isPortTaken } from './port.ts'
import { identify, isRunning, type ProcessIdentity } from './process.ts'
import { connectQmp, type Qmp } from './qmp.ts'
import { makeSocketFolder } from './socket.ts'

/** A QEMU that has read its files, opened its ports and responds on its monitor. */
export interface Launched {
  readonly process: ProcessIdentity
  readonly port: number
  readonly qmp: Qmp
}

export interface LaunchOptions {
  /** File for QEMU's own messages. */
  readonly log: string
  /** True lets the machine outlive this process (`up`); otherwise it ends with this process, even by SIGKILL. */
  readonly detached: boolean
  /** A descriptor that QEMU keeps open. */
  readonly lock?: number | undefined
  /**
   * Called as soon as a QEMU process exists, even before it is known to work, so that it can be stopped at any moment.
   */
  readonly onSpawn?: (process: ProcessIdentity) => Promise<void> | void
  /** Picks the port to forward; replaced in tests. */
  readonly pickPort?: () => Promise<number>
}

const attempts = 5
const program = 'qemu-system-x86_64'

/**
 * QEMU creates its monitor's socket, which is as good as root in the guest, and the console's file with the umask it is
 * started with: 0600.
 */
const withPrivateFiles = <T>(start: () => T): T => {
  const umask = process.umask(0o177)
  try {
    return start()
  } finally {
    process.umask(umask)
  }
}

/** Whether the error comes from a QEMU built without seccomp. */
const isUnconfinable = (words: string): boolean => /-sandbox|seccomp/.test(words)

const start = async (spec: QemuSpec, { log, detached, lock }: LaunchOptions): Promise<number> => {
  const tied = detached ? {} : ({ dies: 'SIGKILL' } as const)
  const output = await open(log, 'w', 0o600)
  try {
    // Its own process group, so that Ctrl-C on the terminal reaches only boxhound, which then shuts the machine down in
    // order.
    const child = withPrivateFiles(() =>
      startChild(program, qemuArguments(spec), {
        ...tied,
        detached: true,
        stdio: ['ignore', output.fd, output.fd, ...(lock === undefined ? [] : [lock])],
      }),
    )
    const pid = await new Promise<number | undefined>((resolve, reject) => {
      child.once('spawn', () => resolve(child.pid))
      child.once('error', reject)
    })
    child.unref()
    return pid ?? 0
  } catch (cause) {
    throw new BoxhoundError('E_QEMU_MISSING', `${program} can't be started`, {
      found: cause instanceof Error ? cause.message : String(cause),
      next: 'npm run setup',
      exitCode: 3,
    })
  } finally {
    await output.close()
  }
}

/** Connects to the monitor as soon as it responds; null if QEMU has ended. */
const monitor = async (path: string, process: ProcessIdentity): Promise<Qmp | null> => {
  for (;;) {
    const qmp = existsSync(path) ? await connectQmp(path).catch(() => null) : null
    if (qmp !== null) return qmp
    if (!isRunning(process)) return null
    await sleep(10)
  }
}

/**
 * Starts QEMU. If the port was taken between probe and start, it tries another one (fault 29).
 *
 * @throws E_QEMU_START with QEMU's own message; E_QEMU_MISSING (exit code 3).
 */
export const launch = async (
  spec: Omit<QemuSpec, 'sshPort' | 'confined'>,
  options: LaunchOptions,
): Promise<Launched> => {
  const pick = options.pickPort ?? freePort
  let words = ''
  let confined = platform === 'linux'
  await makeSocketFolder(spec.qmp)
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = await pick()
    await rm(spec.qmp, { force: true })
    const process = identify(await start({ ...spec, sshPort: port, confined }, options))
    await options.onSpawn?.(process)
    const qmp = await monitor(spec.qmp, process)
    if (qmp !== null) return { process, port, qmp }
    words = await readTail(options.log)
    if (confined && isUnconfinable(words)) confined = false
    else if (!isPortTaken(words)) break
  }
  throw new BoxhoundError('E_QEMU_START', 'QEMU exited during start-up', {
    file: options.log,
    found: lastLines(words, 5) || 'no message',
    next: isPortTaken(words) ? `${attempts} ports in a row were taken; try again` : 'see that file',
  })
}
