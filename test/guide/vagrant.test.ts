import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import { versionedFile } from '../../scripts/lib/package/providers.ts'
import { blocksOf } from './_blocks.ts'

const page = readFileSync('guide/vagrant.md', 'utf8')
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

const sources = (): string =>
  ['scripts/vagrant', 'scripts/lib/package', 'scripts/lib/boot']
    .flatMap((folder) => readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8')))
    .join('\n')

test('each message of the page is one that a user can meet', (t) => {
  const [, table = ''] = /## When something fails\n([\s\S]*?)\n\n[^|]/.exec(page) ?? []
  const messages = [...table.matchAll(/^\| `(.+?)` \|/gm)].map(([, message = '']) => message)
  t.is(messages.length, 6)
  const text = sources()
    .replaceAll(/#\{box\.title\} #\{box\.version\}|#\{box\.title\}|#\{installed\.name\}/g, 'boxhound/lab 1.0.0')
    .replaceAll(/#\{port\}/g, '5050')
    .replaceAll(/#\{box\.name\}|\$\{box\}/g, 'lab')
  for (const message of messages) t.true(text.includes(message), message)
})

test('each verb of the page is there, and so are the names of files', (t) => {
  const words =
    blocksOf('vagrant')
      .map(({ text }) => text)
      .join('\n') + page
  const verbs = [...words.matchAll(/npm run ([\w:]+)/g)].map(([, verb = '']) => verb)
  t.true(verbs.length > 5)
  for (const verb of verbs) t.true(verb in manifest.scripts, verb)
  t.true(page.includes(`\`${versionedFile('lab', '1.0.0', 'libvirt')}\``))
  t.true(page.includes('`web/catalog.json`'))
})

test('each variable of the page is one that the Vagrantfile or a verb asks for', (t) => {
  const names = new Set(
    [...page.matchAll(/\b(BOX|APP_PORT|BOXHOUND_[A-Z]+|DD_[A-Z_]+)\b/g)].map(([, name = '']) => name),
  )
  const asked = readFileSync('Vagrantfile', 'utf8') + sources()
  t.true(names.size >= 8)
  for (const name of names) t.true(asked.includes(name), name)
})
