import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { type TinyProject, tinyProject, write } from './_project.ts'

/** The certificates, packages and index of a closed network, and a disk image whose apt trusts its packages: made once per test file. */
const makeWorld = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'boxhound-closed-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const [script, ...words] of [
    ['_closed-world.sh', folder],
    ['_closed-base.sh', join(folder, 'image.qcow2'), join(folder, 'keyring.gpg')],
  ]) {
    const path = fileURLToPath(new URL(`./${script}`, import.meta.url))
    const { status, stderr } = spawnSync('bash', [path, ...words], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`${script}: ${stderr}`)
  }
  return folder
}

let shared: string | undefined

export const world = (): string => {
  shared ??= makeWorld()
  return shared
}

const listen = async (t: Pick<ExecutionContext, 'teardown'>, server: Server): Promise<number> => {
  // Tunnels too, which closeAllConnections() knows nothing of.
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

export interface ClosedNetwork {
  /** Address of the mirror: a name that only the proxy knows. */
  readonly mirror: string
  readonly proxy: string
  /** `HOST:PORT` of each tunnel that the proxy dug. */
  readonly tunnels: readonly string[]
  /** Paths that the mirror was asked for. */
  readonly requests: readonly string[]
  /** Connections that the mirror took: each must be a tunnel. */
  readonly connections: () => number
  /** Command lines of this machine that held one of the words while the mirror or the proxy was asked. */
  readonly overheard: readonly string[]
}

export interface Manners {
  /** `USER:PASSWORD` that the proxy, or the mirror, wants to see. */
  readonly proxyLogin?: string
  readonly mirrorLogin?: string
  /** Words that no command line may hold. */
  readonly secrets?: readonly string[]
  /** Answers in the place of the small mirror's files. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void
}

const commandLines = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return [] // ended
      }
    })

/** A file of the small mirror, or the index.html of a folder. */
const sendFile = (request: IncomingMessage, response: ServerResponse): void => {
  try {
    const file = join(world(), 'www', request.url ?? '/')
    const page = statSync(file).isDirectory() ? join(file, 'index.html') : file
    response.writeHead(200, page.endsWith('.html') ? { 'content-type': 'text/html' } : {}).end(readFileSync(page))
  } catch {
    response.writeHead(404).end()
  }
}

/** A mirror behind TLS of an authority of its own, under a name that resolves nowhere, and the one proxy that leads to it. */
export const startClosedNetwork = async (
  t: Pick<ExecutionContext, 'teardown'>,
  { proxyLogin, mirrorLogin, secrets = [], answer: own = sendFile }: Manners = {},
): Promise<ClosedNetwork> => {
  const folder = world()
  const tunnels: string[] = []
  const requests: string[] = []
  const overheard: string[] = []
  let connections = 0
  const listenIn = (): void => {
    overheard.push(...commandLines().filter((line) => secrets.some((secret) => line.includes(secret))))
  }
  const wanted = (login: string | undefined): string | undefined => {
    const [user = '', password = ''] = login?.split(':') ?? []
    return login === undefined ? undefined : basic(user, password)
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    listenIn()
    const path = (request.url ?? '/').slice(1)
    requests.push(path)
    if (mirrorLogin !== undefined && request.headers.authorization !== wanted(mirrorLogin)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="mirror"' }).end()
      return
    }
    own(request, response)
  }
  const secure = { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) }
  const mirror = createSecureServer(secure, answer).on('connection', () => {
    connections += 1
  })
  const port = await listen(t, mirror)
  const proxy = createServer((_request, response) => response.writeHead(403).end('nothing here goes without TLS'))
  proxy.on('connect', (request, socket: Socket) => {
    listenIn()
    socket.on('error', () => {})
    if (proxyLogin !== undefined && request.headers['proxy-authorization'] !== wanted(proxyLogin)) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n',
      )
      return
    }
    tunnels.push(request.url ?? '')
    const [host = ''] = (request.url ?? '').split(':')
    if (!host.endsWith('.closed.invalid')) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(socket)
      socket.pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
  })
  const proxyPort = await listen(t, proxy)
  return {
    mirror: 'https://mirror.closed.invalid',
    proxy: `http://127.0.0.1:${proxyPort}`,
    tunnels,
    requests,
    connections: () => connections,
    overheard,
  }
}

const seal = fileURLToPath(new URL('../../provision/90-seal', import.meta.url))

/** A tiny project whose agent layer installs closed-one and a wheel, and that is sealed by the real seal. `mirrors` is YAML. */
export const closedProject = async (t: ExecutionContext, mirrors: string): Promise<TinyProject> => {
  const project = await tinyProject(t)
  const folder = world()
  cpSync(join(folder, 'image.qcow2'), join(project.tool, 'image.qcow2'))
  cpSync(join(folder, 'authority.pem'), join(project.root, 'boxes/authority.pem'))
  cpSync(seal, join(project.tool, 'provision/90-seal'), { recursive: true })
  write('provision/20-agent/requirements.txt', readFileSync(join(folder, 'requirements.txt'), 'utf8'), project)
  write(
    'provision/20-agent/layer.yaml',
    'packages: [closed-one]\nwheels:\n  - { name: closed, requirements: requirements.txt, python: "3.13" }\n',
    project,
  )
  write(
    'provision/20-agent/provision.sh',
    'cp /run/boxhound/layer/wheels/closed/*.whl /usr/share/closed-one/\n',
    project,
  )
  setMirrors(project, mirrors)
  return project
}

export const setMirrors = (project: TinyProject, mirrors: string): void =>
  write(
    'boxes/one.yaml',
    `box: one\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\n${mirrors}`,
    project,
  )
