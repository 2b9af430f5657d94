import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { ExecutionContext } from 'ava'

/** What a mirror answers for a path below its root; undefined: 404. `hang` never answers. */
export type Answers = (path: string, turn: number) => string | 'hang' | undefined

export interface Mirror {
  readonly url: string
  /** Paths in the order in which they were asked for. */
  readonly requests: readonly string[]
}

/** An apt mirror on loopback that behaves as badly as it is told to. `turn` counts the requests for one path, from 1. */
export const startMirror = async (t: ExecutionContext, answers: Answers): Promise<Mirror> => {
  const requests: string[] = []
  const answer = (path: string, response: ServerResponse): void => {
    requests.push(path)
    const text = answers(path, requests.filter((one) => one === path).length)
    if (text === 'hang') return
    response.statusCode = text === undefined ? 404 : 200
    response.end(text)
  }
  const server = createServer((request, response) => answer((request.url ?? '/').slice(1), response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, requests }
}

export const packagesPath = 'dists/tiny/main/binary-amd64/Packages'
export const packages = 'Package: other\nVersion: 1.0\nArchitecture: all\nFilename: other.deb\nSize: 1\n\n'

/** The Release file of a repository with that one list of packages. */
export const release = (list: string): string => {
  const digest = createHash('sha256').update(list).digest('hex')
  return [
    'Origin: tiny',
    'Suite: tiny',
    'Codename: tiny',
    `Date: ${new Date().toUTCString()}`,
    'Architectures: amd64 all',
    'Components: main',
    'SHA256:',
    ` ${digest} ${list.length} main/binary-amd64/Packages`,
    '',
  ].join('\n')
}
