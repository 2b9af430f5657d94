import { readFileSync } from 'node:fs'
import test from 'ava'
import { parse } from 'yaml'
import { main } from '../../scripts/cache.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { mediaTypes } from '../../scripts/lib/registry/manifest.ts'
import { repositoryArgument, sourcesOf } from '../../scripts/lib/registry/sources.ts'
import { bare, loadText } from '../boxfile/_files.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/registry.md', 'utf8')
const blocks = blocksOf('registry')
const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text)

test('the key of the guide is one that a box file takes', async (t) => {
  const key = yaml.find((text) => text.startsWith('cache:')) ?? ''
  t.deepEqual((await loadText(t, `${bare}${key}`)).cache?.from, ['ghcr.io/team/layers'])
})

test('the jobs of the guide are YAML, and their variable can be read', (t) => {
  const { env, steps } = parse(yaml.find((text) => text.startsWith('jobs:')) ?? '').jobs.image
  t.is(sourcesOf({}, env).repositories.length, 1)
  t.true(steps.some(({ run = '' }: { run?: string }) => run.includes('cache -- push ghcr.io/team/layers lab')))
})

test('the commands of the guide are ones that the verb takes', async (t) => {
  const lines = page.match(/npm run cache -- (?:push|pull)[^#\n`]*/g) ?? []
  t.true(lines.length >= 4)
  for (const line of lines) {
    const [action = '', repository = '', ...rest] = line.split('-- ')[1]?.trim().split(/\s+/) ?? []
    t.notThrows(() => repositoryArgument(repository), line)
    t.is(await main([action, repository, ...rest, '--help'], projectAt(process.cwd())), 0)
  }
})

test('the guide names the types that are used', (t) => {
  for (const type of [mediaTypes.artifact, mediaTypes.record, mediaTypes.overlay]) t.true(page.includes(type), type)
})
