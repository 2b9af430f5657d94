import test from 'ava'
import { isTag } from '../../scripts/lib/box/tags.ts'

for (const tag of ['env:trial', 'role:database', 'plain', 'a:b:c', 'path:a/b.c-d_e', 'größe:ü', `a:${'b'.repeat(198)}`])
  test(`${tag.slice(0, 30)} is a tag`, (t) => t.true(isTag(tag)))

for (const [why, tag] of [
  ['a digit at the start', '1a:b'],
  ['a capital', 'Env:trial'],
  ['a blank', 'env: trial'],
  ['a comma', 'a,b'],
  ['a colon at the end', 'env:'],
  ['nothing', ''],
  ['more than 200 characters', `a:${'b'.repeat(199)}`],
  ['a line break', 'a:b\n'],
] as const)
  test(`a tag with ${why} is refused`, (t) => t.false(isTag(tag)))
