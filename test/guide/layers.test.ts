import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { contextOf } from '../../scripts/lib/render/context.ts'
import { layerKeys, parseLayerSpec } from '../../scripts/lib/render/layer-spec.ts'
import { helperNames } from '../../scripts/lib/render/syntax.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/layers.md', 'utf8')

test('the table has each key of layer.yaml', (t) => {
  const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key)
  t.deepEqual(listed.toSorted(), layerKeys.toSorted())
})

test('its example is a layer.yaml', (t) => {
  const [example] = blocksOf('layers').filter(({ text }) => text.startsWith('packages:'))
  const folder = { file: 'provision/10-base', source: 'provision/10-base' }
  const spec = parseLayerSpec(example?.text ?? '', 'layer.yaml', folder, projectAt(process.cwd(), {}))
  t.deepEqual(spec.packages, ['nginx'])
  t.deepEqual(spec.units.enable, ['nginx.service'])
})

test('it names what templates can name, their helpers, and the folders that there are', async (t) => {
  const names = Object.keys(contextOf(await loadBox('lab', projectAt(process.cwd(), {}))))
  for (const name of [...names, 'check', ...helperNames]) t.regex(page, new RegExp(`\`${name}[.\`]`), name)
  const order = readdirSync('provision').filter((name) => /^[1-8]\d-|^90-/.test(name))
  t.true(page.includes(`${order.map((name) => name.slice(3)).join(', ')}.`))
})
