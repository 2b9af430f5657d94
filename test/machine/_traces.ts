import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended, or a kernel thread
  }
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

const isOf = (pid: string, { tool }: Project): boolean => {
  // The test itself has the folder in none of these.
  if ([read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`)].some((text) => text.includes(tool))) return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(tool)
  } catch {
    return false
  }
}

/**
 * What runs of a project have left on this machine, one line each; empty is right.
 *
 * Processes by command line, environment and folder; loop devices; mounts, FUSE exports among them, in every mount namespace; half-written
 * files of the store and of the results; work folders; locks.
 */
export const tracesOf = (project: Project): string[] => {
  const { cache, out, tool } = project
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
  const processes = pids.filter((pid) => isOf(pid, project))
  const mounts = new Set(
    pids
      .flatMap((pid) => read(`/proc/${pid}/mountinfo`).split('\n'))
      .filter((line) => line.includes(`${tool}/`) && !line.includes(' - tmpfs boxhound-small-disk ')),
  )
  const loops = list('/sys/block').filter((name) => read(`/sys/block/${name}/loop/backing_file`).startsWith(tool))
  const halfWritten = ['layers', 'locks', 'refresh'].map((name) => join(cache, name))
  for (const box of list(out)) halfWritten.push(join(out, box))
  return [
    ...processes.map((pid) => `process ${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
    ...[...mounts].map((line) => `mount ${line}`),
    ...loops.map((name) => `loop device ${name}`),
    ...halfWritten.flatMap((folder) =>
      list(folder)
        .filter((name) => name.startsWith('.'))
        .map((name) => `half-written ${join(folder, name)}`),
    ),
    ...list(join(cache, 'work')).map((name) => `work folder ${name}`),
    ...list(join(cache, 'locks')).map((name) => `lock ${name}`),
  ]
}
