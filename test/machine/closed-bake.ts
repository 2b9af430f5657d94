// Bakes a box for real in a closed network: node --import=tsx test/machine/closed-bake.ts [BOX]. By hand, since it takes as long as a whole bake.
//
// What the host's own apt and pip are configured to ask is reached by a mirror on loopback behind TLS of an authority of its own, under a name
// that resolves nowhere, through a proxy that wants a login. Then every byte of the image and every file of store and results is searched.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { imagePath } from '../../scripts/lib/bake/manifest.ts'
import { expand, scan } from '../../scripts/lib/proof/raw.ts'
import { startClosedNetwork, world } from './_closed.ts'

const word = (command: string, ...words: string[]): string => execFileSync(command, words, { encoding: 'utf8' }).trim()

const aptAddress = (release: string): string =>
  word('apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages', `Release: ${release}`)
    .split('\n')[0]
    ?.replace(/\/+$/, '') ?? ''

const codename = word('bash', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"')
const pipIndex = (): string => {
  const own = spawnSync('python3', ['-m', 'pip', 'config', 'get', 'global.index-url'], {
    encoding: 'utf8',
  }).stdout.trim()
  return (
    own ||
    process.env.PIP_INDEX_URL ||
    word('python3', '-c', 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)')
  )
}

const roots: readonly (readonly [string, string])[] = [
  ['/debian-security/', `${aptAddress(`${codename}-security`)}/`],
  ['/debian/', `${aptAddress(codename)}/`],
  ['/simple/', `${pipIndex().replace(/\/+$/, '')}/`],
]

/** Where a path of the mirror leads; files that the index names elsewhere are below /files/. */
const upstreamOf = (path: string): string | undefined => {
  const file = /^\/files\/(https?)\/(.*)$/.exec(path)
  if (file !== null) return `${file[1]}://${file[2]}`
  const root = roots.find(([prefix]) => path.startsWith(prefix))
  return root === undefined ? undefined : root[1] + path.slice(root[0].length)
}

const forward = (address: string, isIndex: boolean, response: ServerResponse, hops = 0): void => {
  const headers = isIndex ? { accept: 'text/html' } : {}
  const take = (answer: IncomingMessage): void => {
    const { statusCode = 502, headers: received } = answer
    if (statusCode >= 300 && statusCode < 400 && received.location !== undefined && hops < 5) {
      answer.resume()
      forward(new URL(received.location, address).href, isIndex, response, hops + 1)
    } else if (isIndex) {
      let page = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        page += text
      })
      answer.on('end', () => {
        const own = page.replaceAll(/href="(https?):\/\//g, 'href="/files/$1/')
        response.writeHead(statusCode, { 'content-type': 'text/html' }).end(own)
      })
    } else {
      const { 'content-length': length } = received
      response.writeHead(statusCode, length === undefined ? {} : { 'content-length': length })
      answer.pipe(response)
    }
  }
  const asked = (address.startsWith('https:') ? secure : plain)(address, { headers }, take)
  asked.on('error', () => response.writeHead(502).end()).end()
}

const teardowns: (() => void)[] = []
const t = { teardown: (work: () => void) => void teardowns.push(work) }
const folder = mkdtempSync(join(tmpdir(), 'boxhound-closed-bake-'))
const [proxyWord, mirrorWord] = ['Canary-of-the-proxy-71c3', 'Canary-of-the-mirror-5d0e']

const bakeIn = (environment: NodeJS.ProcessEnv, box: string): Promise<number | null> =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '-s', 'bake', '--', box, '--no-verify'], { env: environment, stdio: 'inherit' })
    child.once('close', resolve)
  })

const main = async (name: string): Promise<boolean> => {
  const network = await startClosedNetwork(t, {
    proxyLogin: `me:${proxyWord}`,
    mirrorLogin: `build:${mirrorWord}`,
    secrets: [proxyWord, mirrorWord],
    answer: (request, response) => {
      const upstream = upstreamOf(request.url ?? '/')
      if (upstream === undefined) response.writeHead(404).end()
      else forward(upstream, request.url?.startsWith('/simple/') === true, response)
    },
  })
  cpSync(join(world(), 'authority.pem'), join(folder, 'authority.pem'))
  const own = `mirrors: { apt: "${network.mirror}/debian", pypi: "${network.mirror}/simple/", proxy: "${network.proxy}", caBundle: authority.pem }\n`
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, readFileSync(join('boxes', `${name}.yaml`), 'utf8') + own)
  const environment = {
    ...process.env,
    BOXHOUND_CACHE: process.env.BOXHOUND_CACHE ?? join(folder, 'cache'),
    BOXHOUND_OUT: process.env.BOXHOUND_OUT ?? join(folder, 'out'),
    HTTPS_PROXY: network.proxy.replace('//', `//me:${proxyWord}@`),
    BOXHOUND_MIRROR_AUTH: `build:${mirrorWord}`,
    PIP_NO_CACHE_DIR: '1',
  }
  const begin = performance.now()
  const code = await bakeIn(environment, file)
  console.log(`bake ended with ${code} after ${Math.round((performance.now() - begin) / 1000)} s`)
  if (code !== 0) return false
  const kinds = (prefix: string): number => network.requests.filter((path) => path.startsWith(prefix)).length
  console.log(
    `asked for: ${['debian/', 'debian-security/', 'simple/', 'files/'].map((one) => `${one} ${kinds(one)}`).join(', ')}`,
  )
  console.log(`tunnels: ${network.tunnels.length}, connections at the mirror: ${network.connections()}`)
  console.log(
    `to other hosts: ${network.tunnels.filter((one) => one !== 'mirror.closed.invalid:443').join(' ') || 'none'}`,
  )
  console.log(`command lines with a password: ${network.overheard.length}`)
  const project = projectAt(process.cwd(), environment)
  const raw = join(folder, 'expanded.raw')
  await expand(imagePath(name, project), raw)
  const words = {
    mirror: 'closed.invalid',
    proxy: network.proxy.replace('http://', ''),
    certificate: readFileSync(join(world(), 'authority.pem'), 'utf8').split('\n')[3] ?? '',
    'password of the proxy': proxyWord,
    'password of the mirror': mirrorWord,
  }
  const { findings, searched } = await scan(
    raw,
    Object.entries(words).map(([kind, source]) => ({ kind, source })),
  )
  rmSync(raw)
  console.log(
    `found in ${Math.round(searched / 1e6)} MB of the image: ${findings.map(({ kind }) => kind).join(', ') || 'nothing'}`,
  )
  const left = [proxyWord, mirrorWord].flatMap((one) =>
    spawnSync('grep', ['-rlaF', one, project.cache, project.out], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean),
  )
  console.log(`passwords in store, logs and results: ${left.join(' ') || 'none'}`)
  return findings.length === 0 && left.length === 0 && network.overheard.length === 0
}

try {
  process.exitCode = (await main(process.argv[2] ?? 'lab')) ? 0 : 1
} finally {
  for (const work of teardowns) work()
  rmSync(folder, { recursive: true, force: true })
}
