import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'ava'
import { sites } from '../../scripts/lib/box/schema.ts'

/** Where the official client declares which values the site in the API's address may have; at run time it has no list. */
const declared = createRequire(import.meta.url).resolve(
  '@datadog/datadog-api-client/dist/packages/datadog-api-client-common/servers.d.ts',
)

test('the sites of a box file are those that the official client knows', (t) => {
  const [, union = ''] = /server1: ServerConfiguration<\{\s*site: ([^;]+);/.exec(readFileSync(declared, 'utf8')) ?? []
  const known = [...union.matchAll(/"([^"]+)"/g)].map(([, site = '']) => site)
  t.true(known.includes('datadoghq.com'))
  t.deepEqual([...sites].sort(), [...new Set(known)].sort())
})
