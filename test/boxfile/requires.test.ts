import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { boxhoundVersion } from '../../scripts/lib/_helpers/version.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { parseSource } from '../../scripts/lib/box/read.ts'
import { requirementProblems } from '../../scripts/lib/box/schema-requires.ts'
import { fixture, temporaryFile } from './_files.ts'

const bare = 'box: x\nversion: 1.0.0\nbase: { lab: trixie }\nagent: { version: 7.83.0+lab, repository: lab }\n'

const load = (t: ExecutionContext, line: string) => loadBox(temporaryFile(t, `${bare}${line}\n`), fixture)

const refused = async (t: ExecutionContext, line: string): Promise<BoxhoundError> => {
  const error = await t.throwsAsync(load(t, line), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
  return error
}

for (const range of [
  `">=${boxhoundVersion}"`,
  `"^${boxhoundVersion}"`,
  `"${boxhoundVersion}"`,
  '"*"',
  '">=0.0.1 <1 || >=1"',
])
  test(`a box that asks for boxhound ${range} is baked by this one`, async (t) => {
    t.is((await load(t, `boxhound: ${range}`)).name, 'x')
  })

test('a box for another boxhound is refused with line, range and what to install', async (t) => {
  const { message, details } = await refused(t, 'boxhound: "^99.1.0"')
  t.is(details.line, 5)
  t.true(message.includes(boxhoundVersion))
  t.is(details.expected, 'boxhound ^99.1.0')
  t.regex(details.next ?? '', /npm install --save-dev "boxhound@\^99\.1\.0"/)
})

for (const value of ['0.1', '1', 'true', '""', '" "', '"latest"', '">="', '["^0.1.0"]', '{}', '"^0.1.0; x"'])
  test(`boxhound: ${value} is no range`, async (t) => {
    const { details } = await refused(t, `boxhound: ${value}`)
    t.regex(details.expected ?? '', /a range of versions/)
  })

test('a prerelease counts as what it leads to', (t) => {
  const source = parseSource('boxhound: "^0.2.0"\n', 'x.yaml')
  t.deepEqual(requirementProblems('^0.2.0', source, '0.2.1-rc.1'), [])
  t.is(requirementProblems('^0.2.0', source, '0.1.9').length, 1)
})
