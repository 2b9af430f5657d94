import { readFileSync } from 'node:fs'
import test from 'ava'
import { isVerb } from '../../scripts/lib/_helpers/verbs.ts'
import { readChoices } from '../../scripts/lib/init/choices.ts'
import { filesOf } from '../../scripts/lib/init/files.ts'

const page = readFileSync('guide/init.md', 'utf8')

test('the page of init names each file that init writes, and no other', async (t) => {
  const wish = { name: 'NAME', system: 'lab', database: 'mariadb', app: 'flask' }
  const written = filesOf(wish, '/machines', await readChoices(process.cwd()), process.cwd()).map(({ path }) => path)
  const [, table = ''] = /## What init writes\n\n([\s\S]*?)\n\n/.exec(page) ?? []
  const named = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, path = '']) => path)
  for (const path of written)
    t.true(
      named.some((name) => path === name || path.startsWith(name)),
      path,
    )
  for (const name of named)
    t.true(
      written.some((path) => path === name || path.startsWith(name)),
      name,
    )
})

test('its commands are verbs of boxhound', (t) => {
  const commands = [...page.matchAll(/`(?:npx )?boxhound ([a-z]+)[` ]|npx boxhound ([a-z]+)/g)].map(
    ([, one, other]) => one ?? other ?? '',
  )
  t.true(commands.length >= 4)
  for (const verb of commands) t.true(isVerb(verb), verb)
})
