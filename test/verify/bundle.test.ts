import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { bundleSuite } from '../../scripts/lib/verify/bundle.ts'

test('runs that start together get one bundle, complete', async (t) => {
  const folders = await Promise.all(Array.from({ length: 3 }, () => bundleSuite('.')))
  t.is(new Set(folders).size, 1)
  const [folder = ''] = folders
  for (const file of ['ava.js', 'worker/base.js', 'box/suite.test.js', 'contract/agent.contract.js'])
    await t.notThrowsAsync(access(join(folder, file)), file)
  for (const suite of ['box', 'image', 'contract']) {
    const config = await readFile(join(folder, suite, 'ava.config.js'), 'utf8')
    t.regex(config, new RegExp(`files: \\['${suite}/`))
  }
})

test('the bundled suite finds its probes beside its sources', async (t) => {
  const folder = await bundleSuite('.')
  const texts = await Promise.all(
    ['box/suite.test.js', 'contract/agent.contract.js'].map((name) => readFile(join(folder, name), 'utf8')),
  )
  t.true(texts.join('').includes('/suite/contract/agent.contract.ts'))
  for (const text of texts) t.notRegex(text, /new URL\([^)]*import\.meta\.url/)
})
