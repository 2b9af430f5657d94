import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { blocksOf } from './_blocks.ts'

const project = projectAt(process.cwd(), {})

for (const page of ['integrations', 'logs'])
  for (const [index, { text }] of blocksOf(page).entries())
    test(`example ${index + 1} of guide/${page}.md is part of a box file`, async (t) => {
      const folder = await temporaryFolder(t)
      const file = join(folder, 'page.yaml')
      mkdirSync(join(folder, 'integrations'))
      symlinkSync(join(process.cwd(), 'test/engine/integrations/nginx'), join(folder, 'integrations/nginx'))
      writeFileSync(file, `box: page\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0 }\n${text}`)
      const { expectations } = await renderBox(await loadBox(file, project), project)
      t.true(expectations.checks.length + (expectations.logs?.length ?? 0) > 0)
    })
