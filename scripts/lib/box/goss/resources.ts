// Resources of a goss.yaml, as assertions of boxhound's.

import type { JsonObject } from '../../_helpers/json.ts'
import { hasSecret } from '../command-secrets.ts'
import type { TextRule } from '../expected.ts'
import { loopbackProblem } from '../loopback.ts'
import { type Attributes, attributesOf, flag, type Mapped, no, number, text, texts } from './attributes.ts'
import { rangeOf, textOf } from './text.ts'

type Map = (key: string, given: JsonObject) => Mapped

/** An empty list of patterns says nothing. */
const rule = (value: unknown): TextRule | undefined => textOf(value)
const said = (found: TextRule | undefined): TextRule | undefined =>
  found === undefined || Object.keys(found).length === 0 ? undefined : found

const named = (attributes: Attributes, name: string, key: string): string => attributes.take(name, text) ?? key

const fileTypes: Readonly<Record<string, string>> = { file: 'file', directory: 'folder', symlink: 'link' }

const file: Map = (key, given) => {
  const own = attributesOf(given)
  const path = named(own, 'path', key)
  if (!path.startsWith('/')) return no('its path is relative')
  if (own.take('exists', flag) === false) return own.mapped({ kind: 'file', path, absent: true })
  const contents = own.take('contents', rule) ?? own.take('contains', rule)
  return own.mapped({
    ...{ kind: 'file', path, absent: false },
    mode: own.take('mode', text)?.padStart(4, '0'),
    owner: own.take('owner', text),
    group: own.take('group', text),
    size: own.take('size', rangeOf),
    type: own.take('filetype', (value) => fileTypes[String(value)]),
    sha256: own.take('sha256', text),
    target: own.take('linked-to', text),
    content: said(contents),
  })
}

const literal = (version: string): string => version.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const installed: Map = (key, given) => {
  const own = attributesOf(given)
  const name = named(own, 'name', key)
  if (own.take('installed', flag) === false) return own.mapped({ kind: 'package', package: name, absent: true })
  // Of a package that is installed once, each of several versions would have to be its version.
  const version = own.take('versions', (value) => (texts(value)?.length === 1 ? texts(value)?.[0] : undefined))
  const pattern = version === undefined ? undefined : { pattern: `^(?:\\d+:)?${literal(version)}$` }
  return own.mapped({ kind: 'package', package: name, absent: false, version: pattern })
}

const service: Map = (key, given) => {
  const own = attributesOf(given)
  const unit = named(own, 'name', key)
  const [active, enabled] = [own.take('running', flag), own.take('enabled', flag)]
  return active === undefined && enabled === undefined
    ? no('neither running nor enabled is true or false')
    : own.mapped({ kind: 'unit', unit, active, enabled })
}

const port: Map = (key, given) => {
  const own = attributesOf(given)
  const [, protocol = '', , digits = ''] = /^(?:(tcp|udp)(6?):)?(\d+)$/.exec(named(own, 'port', key)) ?? []
  if (digits === '') return no('its key is not a protocol and a port')
  const listening = own.take('listening', flag) ?? true
  const among = own.take('ip', texts)
  return own.mapped({ kind: 'port', port: Number(digits), protocol: protocol || 'tcp', listening, among })
}

const user: Map = (key, given) => {
  const own = attributesOf(given)
  const name = named(own, 'username', key)
  if (own.take('exists', flag) === false) return own.mapped({ kind: 'user', user: name, absent: true, groups: [] })
  return own.mapped({
    ...{ kind: 'user', user: name, absent: false, groups: own.take('groups', texts) ?? [] },
    uid: own.take('uid', number),
    home: own.take('home', text),
    shell: own.take('shell', text),
  })
}

const group: Map = (key, given) => {
  const own = attributesOf(given)
  const name = named(own, 'groupname', key)
  const absent = own.take('exists', flag) === false
  return own.mapped({ kind: 'group', group: name, absent, members: [], gid: own.take('gid', number) })
}

const process: Map = (key, given) => {
  const own = attributesOf(given)
  const name = named(own, 'comm', key)
  const running = own.take('running', flag) ?? true
  return own.mapped({ kind: 'process', process: name, count: running ? { min: 1 } : { min: 0, max: 0 } })
}

const command: Map = (key, given) => {
  const own = attributesOf(given)
  const line = named(own, 'exec', key)
  if (hasSecret(line)) return no('there is a secret in its command')
  const status = own.take('exit-status', number)
  if (Object.hasOwn(given, 'exit-status') && status === undefined) return no('its exit-status is not a number')
  return own.mapped({
    ...{ kind: 'command', words: ['sh', '-c', line], status: status ?? 0 },
    stdout: said(own.take('stdout', rule)),
    stderr: said(own.take('stderr', rule)),
  })
}

/** `Name: value` of a list of headers; undefined for a pattern. */
const headersOf = (value: unknown): Record<string, TextRule> | undefined => {
  const pairs = texts(value)?.map((line) => /^([A-Za-z0-9-]+):\s*(.+)$/.exec(line))
  if (pairs === undefined || pairs.some((pair) => pair === null)) return undefined
  return Object.fromEntries(pairs.map((pair) => [(pair?.[1] ?? '').toLowerCase(), { contains: [pair?.[2] ?? ''] }]))
}

const hostOf = (value: unknown): string | undefined => {
  const [only, ...more] = texts(value) ?? []
  return more.length > 0 ? undefined : /^host:\s*(\S+)$/i.exec(only ?? '')?.[1]
}

const http: Map = (key, given) => {
  const own = attributesOf(given)
  const url = named(own, 'url', key)
  if (loopbackProblem(url) !== undefined) return no('assertions send requests to the machine itself only')
  const method = own.take('method', (value) => (value === 'GET' || value === 'HEAD' ? value : undefined))
  // Without them it would be another request.
  const other = ['request-headers', 'request-body', 'username', 'password', 'method', 'proxy', 'ca-file', 'cert-file']
  const host = own.take('request-headers', hostOf)
  const strange = other.find(
    (name) =>
      Object.hasOwn(given, name) &&
      !['', null].includes(given[name] as string | null) &&
      (name === 'method' ? method === undefined : name === 'request-headers' ? host === undefined : true),
  )
  if (strange !== undefined) return no(`its ${strange} has no counterpart`)
  own.take('no-follow-redirects', flag)
  for (const name of other) own.take(name, () => '')
  return own.mapped({
    ...{ kind: 'http', url, method: method ?? 'GET', host, insecure: own.take('allow-insecure', flag) ?? false },
    status: own.take('status', number) ?? 200,
    body: said(own.take('body', rule)),
    headers: own.take('headers', headersOf) ?? {},
  })
}

const loopbackAddress = /^tcp:\/\/(127(?:\.\d{1,3}){3}|localhost):(\d{1,5})$/

const address: Map = (key, given) => {
  const own = attributesOf(given)
  const [, host, digits] = loopbackAddress.exec(named(own, 'address', key)) ?? []
  if (host === undefined) return no('assertions reach for the machine itself only')
  const reachable = own.take('reachable', flag) ?? true
  const words = ['bash', '-c', `exec 3<>/dev/tcp/${host}/${digits}`]
  return own.mapped({ kind: 'command', words, status: reachable ? 0 : 1 })
}

const kernelParameter: Map = (key, given) => {
  const own = attributesOf(given)
  const name = named(own, 'name', key)
  const stdout = own.take('value', (value) => (typeof value === 'number' ? { text: String(value) } : textOf(value)))
  if (!/^[\w./-]+$/.test(name) || stdout === undefined) return no('its value has no counterpart')
  return own.mapped({ kind: 'command', words: ['sysctl', '-n', '--', name], status: 0, stdout })
}

const mount: Map = (key, given) => {
  const own = attributesOf(given)
  const path = named(own, 'mountpoint', key)
  const words = (column: string): string[] => ['findmnt', '-n', '-o', column, '--mountpoint', path]
  if (own.take('exists', flag) === false) return own.mapped({ kind: 'command', words: words('TARGET'), status: 1 })
  const type = own.take('filesystem', text)
  const stdout = type === undefined ? undefined : { text: type }
  return own.mapped({ kind: 'command', words: words(type === undefined ? 'TARGET' : 'FSTYPE'), status: 0, stdout })
}

const without =
  (why: string): Map =>
  () =>
    no(why)

/** Every resource that goss has. */
export const resources: Readonly<Record<string, Map>> = {
  addr: address,
  command,
  dns: without('boxhound asks no name server'),
  file,
  gossfile: without('render it into one file first: goss render'),
  group,
  http,
  interface: without('an instance has its own network'),
  'kernel-param': kernelParameter,
  matching: without('it says nothing about a machine'),
  mount,
  package: installed,
  port,
  process,
  service,
  user,
}
