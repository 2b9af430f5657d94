// Who may read the files of log sources.

import type { LogSource } from '../box/box.ts'

/** One line of tmpfiles.d. */
export interface Access {
  /** A path or pattern. */
  readonly path: string
  readonly acl: string
}

/** Folders that many programs write to: no default there, or dd-agent could read what it has no business with. */
const shared = new Set([
  ...['/', '/etc', '/home', '/mnt', '/opt', '/root', '/run', '/srv', '/tmp', '/usr', '/var', '/var/cache', '/var/lib'],
  ...['/var/log', '/var/opt', '/var/spool', '/var/tmp', '/usr/local', '/usr/share', '/run/log'],
])

const grant = (rights: string): string => `u:dd-agent:${rights}`

/** `/a/b/c.log`: `/a`, `/a/b`. */
const foldersOf = (path: string): string[] => {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

const accessOf = (path: string): Access[] => {
  const folders = foldersOf(path)
  const own = folders.filter((folder) => !shared.has(folder))
  const last = own.at(-1)
  return [
    ...own.slice(0, -1).map((folder) => ({ path: folder, acl: grant('--x') })),
    ...(last === undefined || last !== folders.at(-1)
      ? []
      : [{ path: last, acl: `${grant('r-x')},d:${grant('r-x')}` }]),
    { path, acl: grant('r--') },
  ]
}

/** What dd-agent needs for all files of the box's log sources, each path once, the widest of its rights. */
export const logAccess = (logs: readonly LogSource[]): Access[] => {
  const all = logs.flatMap(({ config }) => (config.type === 'file' ? accessOf(config.path) : []))
  const longest = new Map<string, string>()
  for (const { path, acl } of all) if (acl.length > (longest.get(path)?.length ?? 0)) longest.set(path, acl)
  return [...longest].map(([path, acl]) => ({ path, acl }))
}
