import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { tinyProject } from './_project.ts'
import { startVerb } from './_run.ts'

const canary = 'canary-5d1a'
const secrets = {
  DD_API_KEY: `${canary}-0`,
  DD_APP_KEY: `${canary}-1`,
  AWS_SECRET_ACCESS_KEY: `${canary}-2`,
  GITHUB_TOKEN: `${canary}-3`,
}

const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // it has ended
  }
}

/** Processes that know a secret of this test's, by number. */
const whoKnows = (): string[] =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && read(pid, 'environ').includes(canary))

test('fault 57: of all that a bake starts nobody gets a secret of the caller', async (t) => {
  const project = await tinyProject(t)
  const run = startVerb(project, ['bake', 'one', '--no-verify'], secrets)
  // Between fork and exec a child is a copy of its parent: only who stays longer than that counts.
  const looksAt = new Map<string, number>()
  const known = new Map<string, string>()
  const programs = new Set<string>()
  let looks = 0
  const look = setInterval(() => {
    looks += 1
    for (const pid of whoKnows()) {
      looksAt.set(pid, (looksAt.get(pid) ?? 0) + 1)
      if ((looksAt.get(pid) ?? 0) >= 3) known.set(pid, read(pid, 'cmdline').replaceAll('\0', ' '))
    }
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) programs.add(read(pid, 'comm').trim())
  }, 10)
  const { code, stderr } = await run.ended
  clearInterval(look)
  t.is(code, 0, stderr)
  known.delete(String(run.child.pid))
  t.deepEqual([...known.values()], [])
  t.true(
    looks > 20 && programs.has('packer') && programs.has('qemu-storage-da'),
    `${looks}: ${[...programs].join(' ')}`,
  )
})
