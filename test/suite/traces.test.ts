import test from 'ava'
import type { Entry, Survey } from '../../scripts/lib/proof/evidence.ts'
import type { BoxParts } from '../../scripts/lib/proof/rule.ts'
import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'
import { publisherRules, traceRules } from '../../suite/image/_traces.ts'

const list = '/etc/apt/sources.list.d/database.list'
const keyring = '/usr/share/keyrings/depot.gpg'
const source = 'https://depot.example/ubuntu noble/2 more'
const line = `deb [signed-by=${keyring}] ${source}\n`

const survey = (text: string, mode = 0o644): Survey => {
  const entry: Entry = [keyring, 'f', mode, 0, 0, 100, '']
  const texts = {
    [list]: text,
    '/etc/apt/sources.list': 'deb http://deb.debian.org/debian trixie main\n',
    '/usr/share/doc/apt/examples/debian.sources': 'URIs: http://deb.debian.org/debian\n',
  }
  return { entries: [entry], texts, digests: {}, accounts: [], certificates: [] }
}

const database = { source, keyring } as DatabaseExpectation
const box: BoxParts = { database, app: null, agentSource: '', kept: null }

const problems = (found: Survey): readonly string[] =>
  publisherRules(database).flatMap((rule) => rule.problems(found, box))

test('the source of a database’s publisher is the one of the box, signed by a keyring of root’s', (t) => {
  t.deepEqual(problems(survey(`# rendered\n${line}`)), [])
  t.deepEqual(problems(survey('')), [`no "${line.trim()}"`])
  t.is(problems(survey(`${line}deb [trusted=yes] http://mirror.example/db stable main\n`)).length, 1)
  t.is(problems(survey(line, 0o666)).length, 1)
})

test('a box whose database is the distribution’s is not asked for one, and may not have one', (t) => {
  const { source: _, ...own } = database
  t.deepEqual(publisherRules(own), [])
  t.deepEqual(publisherRules(null), [])
  const archive = traceRules.find(({ title }) => title.startsWith('apt installs from the distribution'))
  t.deepEqual(archive?.problems(survey(line), box), [])
  t.deepEqual(archive?.problems(survey(line), { ...box, database: own }), ['depot.example'])
})
