// Boots a peer's disk and polls until the check passes.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { withCleanup } from '../../_helpers/cleanup.ts'
import { cleanEnvironment } from '../../_helpers/environment.ts'
import { BoxhoundError } from '../../_helpers/errors.ts'
import { launch } from '../../boot/launch.ts'
import { endProcess, type ProcessIdentity } from '../../boot/process.ts'
import { socketPath } from '../../boot/socket.ts'
import { jsonIn } from '../../verify/output-json.ts'
import type { Bench } from '../measurement.ts'
import { runTimed } from '../timed.ts'
import type { PeerDisk } from './disk.ts'

const verdictSchema = z
  .array(
    z.looseObject({
      aggregator: z.looseObject({ metrics: z.array(z.looseObject({ metric: z.string() })).nullish() }),
      runner: z.looseObject({ LastError: z.string().nullish() }),
    }),
  )
  .min(1)

/** Whether the JSON of `datadog-agent check NAME --json` has a metric of that name and no error. */
export const isGreen = (output: string, name: string): boolean => {
  const { data = [] } = verdictSchema.safeParse(jsonIn(output))
  const metrics = data.flatMap(({ aggregator }) => aggregator.metrics ?? [])
  return metrics.some(({ metric }) => metric === name) && data.every(({ runner }) => !runner.LastError)
}

const sshWords = (key: string, port: number, knownHosts: string): [string, ...string[]] => [
  ...(['ssh', '-F', 'none', '-i', key, '-p', String(port)] as [string, ...string[]]),
  '-o',
  'StrictHostKeyChecking=yes',
  '-o',
  `UserKnownHostsFile="${knownHosts}"`,
  '-o',
  'BatchMode=yes',
  '-o',
  'HostKeyAlgorithms=ssh-ed25519',
  '-o',
  'ConnectTimeout=10',
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'LogLevel=ERROR',
  'root@127.0.0.1',
]

const awaitGreen = async (
  words: readonly [string, ...string[]],
  name: string,
  cwd: string,
  deadline: number,
): Promise<void> => {
  const end = performance.now() + deadline * 1000
  const command = { words, cwd, environment: cleanEnvironment(), deadline: 60 }
  let last = 'no answer'
  while (performance.now() < end) {
    const answer = await runTimed(command, join(cwd, 'ssh.log')).catch((error: unknown) => {
      if (!(error instanceof BoxhoundError) || error.code !== 'E_BENCH_RUN') throw error
      return error.details.found ?? error.message
    })
    if (typeof answer !== 'string' && isGreen(answer.stdout, name)) return
    last = typeof answer === 'string' ? answer : answer.stdout.slice(-300)
    await sleep(250)
  }
  throw new BoxhoundError('E_BENCH_RUN', `the check ${name} did not pass within ${deadline} s after the boot`, {
    found: last,
  })
}

/**
 * Boots a disk as boxhound boots its own image (two processors, 2 GiB, the same QEMU) and polls over SSH until the check
 * passes, as someone without boxhound would do after a build.
 */
export const bootAndCheck = async (
  { accelerator, work }: Bench,
  { disk, peer, check }: { readonly disk: string; readonly peer: PeerDisk; readonly check: string },
): Promise<void> => {
  const folder = join(work, 'peer-machine')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let machine: ProcessIdentity | undefined
  await withCleanup(
    async () => {
      if (machine !== undefined) await endProcess(machine)
    },
    async () => {
      const files = { disk, console: join(folder, 'console.log'), qmp: socketPath(folder), credentials: [], seed: null }
      const { port, qmp } = await launch(
        { name: 'boxhound-bench-peer', accelerator, cpus: 2, memory: 2048, isolated: true, ...files },
        {
          log: join(folder, 'qemu.log'),
          detached: false,
          onSpawn: (process) => {
            machine = process
          },
        },
      )
      qmp.close()
      const knownHosts = join(folder, 'known_hosts')
      await writeFile(knownHosts, `[127.0.0.1]:${port} ${peer.hostKey}\n`)
      await awaitGreen(
        [...sshWords(peer.key, port, knownHosts), 'datadog-agent', 'check', check, '--json'],
        check,
        folder,
        300,
      )
    },
  )
}
