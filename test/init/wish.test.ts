import { PassThrough } from 'node:stream'
import test from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { askOn } from '../../scripts/lib/init/ask.ts'
import { readChoices } from '../../scripts/lib/init/choices.ts'
import { completeWish, type Given } from '../../scripts/lib/init/wish.ts'
import { answering, tool } from './_init.ts'

const choices = readChoices(tool)

const wish = async (given: Given, folder = '/home/me/machines', ask?: Parameters<typeof completeWish>[3]) =>
  completeWish(given, folder, await choices, ask)

test('defaults: the lab with MariaDB and an app, named as the folder', async (t) => {
  t.deepEqual(await wish({}), { name: 'machines', system: 'lab', database: 'mariadb', app: 'flask' })
})

test('another system has the database of boxhound’s own box of it; the beginning of a name is enough', async (t) => {
  const { system, database } = await wish({ system: 'ubuntu' })
  t.is(system, 'ubuntu-24.04')
  t.is(database, 'mysql')
})

for (const [folder, name] of [
  ['/home/me/My Machines!', 'my-machines'],
  ['/srv/2026-web', 'web'],
  ['/srv/été', 't'],
  ['/', 'web'],
  ['/srv/...', 'web'],
] as const)
  test(`a folder ${folder} gives the box ${name}`, async (t) => {
    t.is((await wish({}, folder)).name, name)
  })

for (const given of [
  { system: 'ubunt' },
  { system: 'windows' },
  { database: 'mysqll' },
  { database: 'MySQL' },
  { app: 'django' },
  { name: 'Web' },
  { name: '../web' },
  { name: '9web' },
  { name: 'x'.repeat(64) },
] as const)
  test(`${JSON.stringify(given)} is refused before a question is asked`, async (t) => {
    const ask = answering()
    const error = await t.throwsAsync(wish(given, '/x', ask), { instanceOf: BoxhoundError, code: 'E_USAGE' })
    t.is(error.exitCode, 2)
    t.truthy(error.details.next)
    t.deepEqual(ask.asked, [])
  })

test('only what is open is asked for', async (t) => {
  const ask = answering('shop', 'none')
  t.deepEqual(await wish({ system: 'lab', database: 'postgres' }, '/x', ask), {
    name: 'shop',
    system: 'lab',
    database: 'postgres',
    app: 'none',
  })
  t.is(ask.asked.length, 2)
})

const terminal = (...lines: readonly string[]) => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.end(lines.map((line) => `${line}\n`).join(''))
  return { ask: askOn(input, output), said: () => String(output.read()) }
}

test('a wrong answer is asked for again, an empty one is the default', async (t) => {
  const { ask, said } = terminal('Web Server', 'web', '', 'postgers', 'postgres', '')
  t.deepEqual(await wish({}, '/x', ask), { name: 'web', system: 'lab', database: 'postgres', app: 'flask' })
  ask.end()
  t.regex(said(), /cannot be the name[\s\S]*System \(lab, ubuntu-24\.04\) \[lab\][\s\S]*postgers is not known/)
})

test('input that ends is an error, and anything but y or yes is a no', async (t) => {
  const { ask } = terminal('yes', 'Y', '', 'sure', 'n')
  const answers = []
  for (let round = 0; round < 5; round++) answers.push(await ask.agree('?'))
  t.deepEqual(answers, [true, true, false, false, false])
  await t.throwsAsync(ask.agree('?'), { code: 'E_USAGE' })
  ask.end()
})
