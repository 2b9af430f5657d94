import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { type TinyProject, tinyProject, write } from './_project.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

let shared: string | undefined

/** The folder that _agent-world.sh fills, once per test file. */
export const world = (): string => {
  if (shared !== undefined) return shared
  const folder = mkdtempSync(join(tmpdir(), 'bha-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { status, stderr } = spawnSync('bash', [here('./_agent-world.sh'), folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`_agent-world.sh: ${stderr}`)
  shared = folder
  return folder
}

export const text = (path: string): string => readFileSync(join(world(), path), 'utf8').trim()

/** What is answered in the place of a file: another content, nothing at all, or silence. */
export type Answers = (path: string, turn: number) => Buffer | string | 404 | 'hang' | undefined

export interface AgentServer {
  /** Without a slash at the end. */
  readonly url: string
  /** Paths in the order in which they were asked for. */
  readonly requests: readonly string[]
}

/** Serves the world on loopback: `/repository/apt/…`, `/repository/keys/…`, `/distribution/…`. */
export const serveAgent = async (
  t: ExecutionContext,
  answers: Answers = () => undefined,
  secure = false,
): Promise<AgentServer> => {
  const folder = world()
  const requests: string[] = []
  const listener: RequestListener = (request, response) => {
    const path = (request.url ?? '/').slice(1)
    requests.push(path)
    const answer = answers(path, requests.filter((one) => one === path).length)
    if (answer === 'hang') return
    try {
      if (answer === 404) throw new Error('as told')
      response.end(answer ?? readFileSync(join(folder, path)))
    } catch {
      response.writeHead(404).end()
    }
  }
  const certificate = secure
    ? { key: readFileSync(join(folder, 'server.key')), cert: readFileSync(join(folder, 'server.pem')) }
    : undefined
  const server = certificate === undefined ? createServer(listener) : createSecureServer(certificate, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, requests }
}

export interface AgentBox {
  readonly version?: string
  readonly keys?: readonly string[]
  /** Folders of the mirrors; the box's own addresses lead nowhere. */
  readonly packages: string
  readonly keyFolder: string
}

/** A tiny project with the real agent layer, and above it one that installs a package of the distribution. */
export const agentProject = async (
  t: ExecutionContext,
  distribution: string,
  { version = '7.83.0', keys = [text('repository/fingerprints')], packages, keyFolder }: AgentBox,
): Promise<TinyProject> => {
  const project = await tinyProject(t)
  cpSync(join(world(), 'image.qcow2'), join(project.tool, 'image.qcow2'))
  rmSync(join(project.tool, 'provision/20-agent'), { recursive: true })
  cpSync(here('../../provision/20-agent'), join(project.tool, 'provision/20-agent'), { recursive: true })
  write(
    'provision/10-base/provision.sh',
    `rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes arch=amd64] ${distribution} tiny main' >/etc/apt/sources.list.d/tiny.list
echo 'dd-agent:x:900:900::/:/usr/sbin/nologin' >>/etc/passwd
echo 'dd-agent:x:900:' >>/etc/group
`,
    project,
  )
  write('provision/90-seal/layer.yaml', 'packages: [other]\n', project)
  write(
    'boxes/one.yaml',
    `box: one
version: 1.0.0
base: { lab: trixie }
agent:
  version: ${version}
  repository:
    url: https://apt.example.invalid/
    keys: [${keys.join(', ')}]
    keyUrls: [https://keys.example.invalid/DATADOG_APT_KEY_CURRENT.public]
mirrors: { agent: ${packages}, keys: ${keyFolder} }
`,
    project,
  )
  return project
}
