import { readFileSync } from 'node:fs'
import test from 'ava'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { kinds } from '../../scripts/lib/box/schema-expect.ts'
import { fixture } from '../boxfile/_files.ts'
import { boxBeside, head } from '../boxfile/_layers.ts'
import { blocksOf } from './_blocks.ts'

test('its example is the expect section of a box file', async (t) => {
  const [example] = blocksOf('expect').filter(({ language }) => language === 'yaml')
  const { expect = [] } = await loadBox(boxBeside(t, `${head}${example?.text}`, {}), fixture)
  t.deepEqual(
    expect.map(({ name }) => name),
    ['site', 'config', 'only-local', 'no-dump', 'workers'],
  )
})

test('its table has every kind of assertion', (t) => {
  const page = readFileSync('guide/expect.md', 'utf8')
  const [, table = ''] = page.split('| first key |')
  const listed = [...(table.split('A rule for text')[0]?.matchAll(/^\| `(\w+)` \|/gm) ?? [])].map(([, kind]) => kind)
  t.deepEqual(listed, [...kinds])
})
