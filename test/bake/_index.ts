import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'
import { temporaryFolder } from '../helpers/_folder.ts'

const maker = fileURLToPath(new URL('_index.py', import.meta.url))

export interface Wheel {
  readonly name: string
  readonly version: string
  readonly needs?: readonly string[]
}

/** An index of wheels on loopback, as PEP 503 says; its address, and each wheel's digest by file name. */
export const index = async (t: ExecutionContext, wheels: readonly Wheel[]) => {
  const folder = await temporaryFolder(t)
  const sums = new Map<string, string>()
  for (const { name, version, needs = [] } of wheels) {
    const { stdout, status, stderr } = spawnSync('python3', [maker, folder, name, version, ...needs], {
      encoding: 'utf8',
    })
    t.is(status, 0, stderr)
    sums.set(`${name}-${version}`, stdout.trim())
  }
  const server = createServer((request, response) => {
    const [, kind, name = ''] = (request.url ?? '').split('/')
    const files = readdirSync(folder)
    if (kind === 'files' && files.includes(name)) return response.end(readFileSync(join(folder, name)))
    const own = files.filter((file) => file.startsWith(`${name.replaceAll('-', '_')}-`))
    if (kind !== 'simple' || own.length === 0) return response.writeHead(404).end()
    const links = own.map((file) => {
      const sum = sums.get(file.replace('-py3-none-any.whl', ''))
      return `<a href="/files/${file}#sha256=${sum}">${file}</a>`
    })
    return response
      .setHeader('content-type', 'text/html')
      .end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`, sums }
}
