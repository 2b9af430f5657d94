import test from 'ava'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'
import { ownTests } from '../../scripts/lib/render/own-tests.ts'
import { verifyTarget } from '../../scripts/lib/verify/verify.ts'
import { boxBeside, head } from '../boxfile/_layers.ts'
import { lab } from './_expectations.ts'
import { startServer } from './_server.ts'

const text = `
export const says = async (guest: any) => guest.expect((await guest.run(['hostname'])).stdout).is('box-7\\n')
export const lies = async (guest: any) => guest.expect((await guest.run(['hostname'])).stdout).is('other')
export const nothing = () => {}
export const leaves = () => process.exit(0)
`

test('tests of the user’s run in the suite, over its connection, and none of them ends it', async (t) => {
  const project = projectAt(process.cwd(), {})
  const tests = await ownTests(boxBeside(t, head, { 'tests/host.test.ts': text }), project)
  const server = await startServer(t, (channel) => {
    channel.write('box-7\n')
    channel.exit(0)
    channel.end()
  })
  const only = ['lies', 'says', 'nothing', 'leaves'].map((name) => `test.host.${name}`)
  const options = { tool: project.tool, only, machine: 'host', image: null, keyed: null } as const
  const { checks } = await verifyTarget(server.target, { ...lab, tests }, options)
  const seen = new Map(checks.map(({ id, status, observed }) => [id, `${status}: ${observed}`]))
  t.is(seen.get('test.host.says'), 'passed: 1 assertions hold')
  t.regex(seen.get('test.host.lies') ?? '', /^failed: the value is 'box-7\\n', not 'other'/)
  t.regex(seen.get('test.host.nothing') ?? '', /^failed: it made no assertion/)
  t.regex(seen.get('test.host.leaves') ?? '', /^failed: it ended by itself/)
  t.true(server.commands.some((command) => command.includes('hostname')))
})
