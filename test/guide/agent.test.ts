import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { datadogRepository, loadBox } from '../../scripts/lib/box/load.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/agent.md', 'utf8')
const blocks = blocksOf('agent').map(({ text }) => text)

test('the page names the repository, keys and addresses that are the default', (t) => {
  const { url, suite, components, keys, keyUrls } = datadogRepository
  t.true(page.includes(`\`${url}\`, \`${suite}\`, \`${JSON.stringify(components)}\``))
  t.deepEqual(page.match(/^\| `keys` .*$/m)?.[0].match(/[0-9A-F]{40}/g), [...keys])
  const names = keyUrls.map((address) => /DATADOG_APT_KEY_(\w+)\.public$/.exec(address)?.[1] ?? address)
  t.true(page.includes(`for ${names.map((name) => `\`${name}\``).join(', ')}`))
})

test('each example is a box file’s agent', async (t) => {
  t.is(blocks.length, 4)
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'boxes'), { recursive: true })
  for (const [index, block] of blocks.entries()) {
    const file = join(folder, `boxes/page${index}.yaml`)
    await writeFile(file, `box: page${index}\nversion: 1.0.0\nbase: { lab: trixie }\n${block}`)
    const { agent } = await loadBox(file, projectAt(process.cwd(), {}))
    const given = parse(block).agent.repository ?? datadogRepository
    t.deepEqual([agent.repository.url, agent.repository.keys], [given.url, given.keys])
    t.true(
      given.keys.every((key: string) => datadogRepository.keys.includes(key)),
      'examples show keys of Datadog',
    )
  }
})

test('the versions that the lab offers are those of its list', (t) => {
  const offered = readFileSync('lab/agent/versions.txt', 'utf8').match(/^7\..*$/gm) ?? []
  t.is(offered.length, 2)
  t.true(page.includes(`offers ${offered.join(' and ')}`))
})
