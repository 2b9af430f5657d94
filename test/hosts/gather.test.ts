import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { outcomeOf } from '../../scripts/lib/_helpers/child.ts'
import { readFacts } from '../../scripts/lib/hosts/facts.ts'
import { loadGatherer } from '../../scripts/lib/hosts/gather.ts'
import { judgeHost } from '../../scripts/lib/hosts/profile.ts'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'
import { one } from './_facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'boxhound-test-'))
test.after.always(() => rmSync(folder, { recursive: true }))

/** Runs the program here, with an Agent that is a script. */
const here = async (agent: string | undefined, seconds = 20, name = 'datadog-agent') => {
  const bin = mkdtempSync(join(folder, 'bin-'))
  if (agent !== undefined) writeFileSync(join(bin, name), `#!/bin/sh\n${agent}\n`, { mode: 0o755 })
  const { program, probes } = await loadGatherer(process.cwd())
  const path = `${bin}:${process.env.PATH}`
  const { stdout } = await outcomeOf('python3', ['-ISB', '-', JSON.stringify({ seconds, active: false, probes })], {
    input: program,
    environment: { PATH: path },
  })
  const facts = readFacts(jsonIn(stdout.toString('utf8')))
  if (facts === undefined) throw new Error(stdout.toString('utf8'))
  return { facts, findings: judgeHost(facts, { active: false, tags: [] }) }
}

test('a host without an Agent says so', async (t) => {
  const { facts, findings } = await here(undefined)
  t.is(facts.agent.kind, 'none')
  t.regex(one(findings, 'agent.running').observed, /no Agent found/)
})

test('an Agent’s answers are read, text before the JSON included, and reduced to what is judged', async (t) => {
  const fixture = join(process.cwd(), 'test/fixtures/agent/status-box-keyed.json')
  const { facts } = await here(
    `case $1 in status) echo 'Getting the status'; cat ${fixture};; configcheck) cat ${join(process.cwd(), 'test/fixtures/agent/configcheck.txt')};; esac`,
  )
  t.is(facts.status?.version, '7.63.0')
  t.is(facts.status?.config, undefined)
  t.regex(facts.configcheck ?? '', /=== my_metric check ===/)
  t.deepEqual(facts.errors, {})
})

test('an Agent that answers with an error, nonsense or nothing is told as it is', async (t) => {
  for (const [agent, said] of [
    ['echo "unable to fetch auth token" >&2; exit 255', /unable to fetch auth token/],
    ['echo "{ broken"', /broken/],
    ['exit 0', /no output/],
  ] as const) {
    const { facts, findings } = await here(agent)
    t.is(facts.status, undefined)
    t.regex(one(findings, 'agent.running').observed, said)
  }
})

test('an Agent that hangs does not hold up the rest', async (t) => {
  const { findings } = await here('exec sleep 60', 2)
  t.regex(one(findings, 'agent.running').observed, /did not finish within/)
})

test('an Agent in a container is asked there', async (t) => {
  const fixture = join(process.cwd(), 'test/fixtures/agent/status-box-keyed.json')
  const { facts, findings } = await here(
    `case $1 in ps) printf '1\tnginx:1\tweb\n2\tgcr.io/datadoghq/agent:7\tdd\n';; exec) test "$2 $3 $4" = '2 agent status' && cat ${fixture};; esac`,
    20,
    'docker',
  )
  t.is(facts.agent.kind, 'container')
  t.is(one(findings, 'agent.running').status, 'passed')
  t.regex(one(findings, 'agent.running').observed, /docker container dd \(gcr.io\/datadoghq\/agent:7\)/)
  t.is(one(findings, 'agent.units').status, 'not judged')
})
