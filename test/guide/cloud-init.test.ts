import { readFileSync } from 'node:fs'
import test from 'ava'
import { parse } from 'yaml'
import { z } from 'zod'
import { blocksOf, filledIn, userDataOf } from './_blocks.ts'

const examples = userDataOf('cloud-init')
const source = (path: string): string => readFileSync(new URL(`../../provision/${path}`, import.meta.url), 'utf8')

const file = z.strictObject({
  path: z.string().startsWith('/'),
  content: z.string(),
  permissions: z.string(),
  owner: z.string().optional(),
  append: z.boolean().optional(),
})
/** What the guide uses of cloud-init; a machine with cloud-init judges the same examples by its own schema (test/cloud). */
const userData = z.strictObject({
  bootcmd: z.array(z.string()).optional(),
  runcmd: z.array(z.string()).optional(),
  disable_root: z.boolean().optional(),
  ssh_authorized_keys: z.array(z.string()).optional(),
  write_files: z.array(file).optional(),
})

test('the guide has its examples', (t) => t.is(examples.length, 5))

for (const [index, text] of examples.entries())
  test(`example ${index + 1} is user-data whose files hold no mode that YAML would read as a number`, (t) => {
    const { write_files: files = [] } = userData.parse(parse(text))
    t.deepEqual(
      files.filter(({ permissions }) => !/^0[0-7]{3}$/.test(permissions)),
      [],
    )
  })

test('every line for the seed file is one that first boot reads', (t) => {
  const steps = [
    '20-agent/root/usr/lib/boxhound/first-boot.d/main/50-agent-environment',
    '10-base/root/usr/lib/boxhound/first-boot.d/early/40-authorized-keys',
  ].map(source)
  const known = steps.flatMap((text) => [...text.matchAll(/input \w+ ([A-Z_]+)/g)].map(([, name]) => name))
  const files = examples.flatMap((text) => userData.parse(parse(text)).write_files ?? [])
  const lines = files
    .filter(({ path }) => path === '/etc/boxhound/seed.env')
    .flatMap(({ content }) => content.trim().split('\n'))
  t.true(lines.length >= 6)
  for (const line of lines) t.true(known.includes(line.split('=')[0] ?? ''), line)
})

test('a seed file that is made by a command is added to, not written over', (t) => {
  const both = examples.filter((text) => text.includes('bootcmd') && text.includes('path: /etc/boxhound/seed.env'))
  t.is(both.length, 1)
  for (const text of both) t.is(userData.parse(parse(text)).write_files?.[0]?.append, true)
})

test('no example holds anything like a key, and what stands for one is refused by first boot', (t) => {
  for (const text of examples) t.notRegex(text, /[0-9a-f]{32}/)
  t.notRegex('YOUR_API_KEY', /^[0-9a-f]{32}$/)
  t.regex(filledIn(examples[0] ?? '', '0123456789abcdef'.repeat(2)), /DD_API_KEY=[0-9a-f]{32}\n/)
})

test('meta-data by hand has an id', (t) => {
  const text = blocksOf('cloud-init').find((block) => block.text.startsWith('# meta-data'))?.text ?? ''
  t.deepEqual(Object.keys(parse(text)), ['instance-id', 'local-hostname'])
})
