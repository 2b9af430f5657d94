import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ExecutionContext } from 'ava'
import { temporaryFolder } from '../helpers/_folder.ts'

/** npm test installs it (scripts/lib/setup/packages.ts). */
export const program = '/usr/bin/docker-registry'

export interface Debian {
  readonly host: string
  readonly blobs: string
  readonly process: ChildProcess
}

/** Debian's docker-registry on a free port of loopback, with its store in a folder of the test's own. */
export const dockerRegistry = async (t: ExecutionContext): Promise<Debian> => {
  const folder = await temporaryFolder(t)
  const config = join(folder, 'config.yml')
  const root = join(folder, 'root')
  await writeFile(
    config,
    `version: 0.1\nlog: { level: info }\nstorage: { filesystem: { rootdirectory: ${root} } }\nhttp: { addr: "127.0.0.1:0" }\n`,
  )
  const child = spawn(program, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const host = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(`127.0.0.1:${port}`)
    })
    child.once('close', () => reject(new Error('docker-registry ended')))
  })
  return { host, blobs: join(root, 'docker/registry/v2/blobs/sha256'), process: child }
}
