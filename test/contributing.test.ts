import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

test('each module of scripts/lib starts with a line that says what it is about', (t) => {
  const modules = readdirSync('scripts/lib', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  t.true(modules.length > 300)
  t.deepEqual(
    modules.filter((path) => !/^\/\/ \S.*[^\s]\n/.test(readFileSync(path, 'utf8'))),
    [],
  )
})

test('the contributor’s page names each folder of scripts/lib once, in the order in which it is built on', (t) => {
  const page = readFileSync('CONTRIBUTING.md', 'utf8')
  const order = /^`(box ← .*)`$/m.exec(page)?.[1]?.split(' ← ') ?? []
  const folders = readdirSync('scripts/lib', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  // Beside the line of phases: what all of them use, and what no phase is built on.
  const beside = ['_helpers', 'base', 'bench', 'init', 'proof', 'selftest', 'setup']
  t.deepEqual([...order, ...beside].toSorted(), folders.toSorted())
})
