import test from 'ava'
import { loadText, refused } from './_files.ts'

const box = (agent: string): string => `box: x
version: 1.0.0
base: { lab: trixie }
agent: { version: 7.83.0, ${agent} }
`

test('groups, units to start after and the flavor are kept', async (t) => {
  const { agent } = await loadText(
    t,
    box(
      'groups: [adm, systemd-journal, _ssh], after: [docker.service, "mnt-a\\\\x2db.mount", "x@y.target"], flavor: fips',
    ),
  )
  t.like(agent, {
    groups: ['adm', 'systemd-journal', '_ssh'],
    after: ['docker.service', 'mnt-a\\x2db.mount', 'x@y.target'],
    flavor: 'fips',
  })
})

const wrong: readonly (readonly [agent: string, expected: RegExp, next?: RegExp])[] = [
  ['groups: []', /at least one group/],
  ['groups: adm', /a list of groups/, /write a list/],
  ['groups: [adm, adm]', /each group once/],
  ['groups: [sudo]', /must not rule the machine/],
  ['groups: [root]', /must not rule the machine/],
  ['groups: [dd-agent]', /in already/],
  ['groups: ["-x"]', /name of a group/],
  ['groups: [Adm]', /name of a group/],
  ['groups: ["a b"]', /name of a group/],
  ['groups: [5]', /name of a group/],
  ['after: []', /at least one unit/],
  ['after: docker.service', /a list of units/, /write a list/],
  ['after: [docker]', /full name/, /write docker\.service/],
  ['after: [docker.servce]', /full name/],
  ['after: ["a b.service"]', /full name/],
  ['after: ["../x.service"]', /full name/],
  ['after: ["x.service\\nExecStart=y"]', /./],
  ['after: [a.service, a.service]', /each unit once/],
  ['after: [datadog-agent-trace.service]', /doesn’t wait for the Agent/],
  ['after: [multi-user.target]', /doesn’t wait for the Agent/],
  ['flavor: FIPS', /^fips, for the package/],
  ['flavor: iot', /^fips, for the package/],
  ['group: [adm]', /one of version/, /did you mean "groups"/],
]

for (const [agent, expected, next = /./] of wrong)
  test(`${agent} is refused`, async (t) => {
    const error = await refused(t, box(agent))
    t.regex(error.details.expected ?? '', expected)
    t.regex(error.details.next ?? '', next)
  })

test('the lab has no FIPS Agent, and its backends are younger', async (t) => {
  const lab = box('flavor: fips').replace('7.83.0', '7.83.0+lab, repository: lab')
  t.regex((await refused(t, lab)).message, /the lab has no FIPS Agent/)
  const old = box('flavor: fips, secrets: { backend: aws.ssm, handle: k }').replace('7.83.0', '7.75.0')
  t.regex((await refused(t, old)).details.expected ?? '', /7\.76\.0 or newer, since this is the FIPS Agent/)
})
