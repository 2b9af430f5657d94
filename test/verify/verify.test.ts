import test from 'ava'
import { reconcile } from '../../scripts/lib/verify/collect.ts'
import type { CheckResult, CheckStatus } from '../../scripts/lib/verify/results.ts'
import type { Suite, SuiteRun } from '../../scripts/lib/verify/suite.ts'
import { type VerifyOptions, verifyTarget } from '../../scripts/lib/verify/verify.ts'
import { lab } from './_expectations.ts'

const target = { host: '127.0.0.1', port: 22, user: 'root', key: '/k', hostKey: 'SHA256:x' }

const result = (id: string, status: CheckStatus = 'passed'): CheckResult => ({
  id,
  status,
  title: id,
  seconds: 1,
  expected: 'e',
  observed: 'o',
})

const suiteOf = (run: SuiteRun): Suite => ({ connect: async () => {}, run: async () => run, end: () => {} })

const verify = (
  run: SuiteRun,
  only: string[] = ['first-boot', 'agent.tags'],
  over: Partial<VerifyOptions> = {},
): ReturnType<typeof verifyTarget> => {
  const options: VerifyOptions = {
    tool: '.',
    only,
    machine: 'host',
    image: null,
    keyed: null,
    suite: suiteOf(run),
    ...over,
  }
  return verifyTarget(target, lab, options)
}

test('results come in the planned order and are counted', async (t) => {
  const run = { results: [result('agent.tags', 'failed'), result('first-boot')], code: 1, output: '' }
  const results = await verify(run)
  t.like(results, { planned: 2, passed: 1, failed: 1, skipped: 0, labAgent: true, image: null })
  t.deepEqual(
    results.checks.map(({ id }) => id),
    ['first-boot', 'agent.tags'],
  )
})

test('fault 43: a run that executes fewer checks than planned is red for the missing ones', async (t) => {
  const results = await verify({ results: [result('first-boot')], code: 0, output: 'all fine' })
  t.like(results, { planned: 2, passed: 1, failed: 1 })
  t.like(results.checks[1], { id: 'agent.tags', status: 'failed' })
  t.regex(results.checks[1]?.observed ?? '', /did not run/)
})

test('fault 43: a run that executes no check at all is an error that carries the suite’s words', async (t) => {
  const run = { results: [], code: 0, output: 'no tests found' }
  const error = await t.throwsAsync(verify(run), { code: 'E_NO_CHECK_RAN' })
  t.regex(JSON.stringify(error), /no tests found/)
})

test('fault 43: results of checks that were not planned do not count', async (t) => {
  const run = { results: [result('first-boot'), result('other'), result('another')], code: 0, output: '' }
  t.like(await verify(run), { planned: 2, passed: 1, failed: 1 })
})

test('a suite that crashes after its last check is an error', async (t) => {
  const run = { results: [result('first-boot'), result('agent.tags')], code: null, output: 'Segmentation fault' }
  await t.throwsAsync(verify(run), { code: 'E_SUITE' })
})

test('a check cannot turn green by telling twice', (t) => {
  const told = [result('first-boot', 'failed'), result('first-boot', 'passed')]
  t.is(reconcile([{ id: 'first-boot', title: 'First boot' }], told, '')[0]?.status, 'failed')
})

const notJudged = new Map([['agent.tags', 'a container shares the kernel']])

test('what a machine cannot show does not run, and is neither green nor red', async (t) => {
  const planned: (readonly string[])[] = []
  const told: CheckResult[] = []
  const results = await verify({ results: [], code: 0, output: '' }, ['first-boot', 'agent.tags'], {
    machine: 'container',
    notJudged,
    onResult: (one) => told.push(one),
    suite: {
      run: async (context) => {
        planned.push(context.planned.map(({ id }) => id))
        return { results: [result('first-boot')], code: 0, output: '' }
      },
      connect: async () => {},
      end: () => {},
    },
  })
  t.deepEqual(planned, [['first-boot']])
  t.like(results, { machine: 'container', planned: 2, passed: 1, failed: 0, skipped: 0, notJudged: 1 })
  t.like(results.checks[1], { id: 'agent.tags', status: 'not judged', observed: 'a container shares the kernel' })
  t.deepEqual(
    told.map(({ id }) => id),
    ['agent.tags'],
  )
})

test('what a machine cannot show and was not asked for is not told', async (t) => {
  const run = { results: [result('first-boot')], code: 0, output: '' }
  const onResult = (): void => t.fail()
  t.like(await verify(run, ['first-boot'], { notJudged, onResult }), { planned: 1, passed: 1, notJudged: 0 })
})

test('a run of which nothing can be judged fails with the reasons', async (t) => {
  const run = { results: [], code: 0, output: '' }
  const error = await t.throwsAsync(verify(run, ['agent.tags'], { notJudged }), { code: 'E_NOT_JUDGED' })
  t.regex(JSON.stringify(error), /agent\.tags: a container shares the kernel/)
})

test('a suite that tells of an id which is not judged changes nothing', async (t) => {
  const run = { results: [result('first-boot'), result('agent.tags')], code: 0, output: '' }
  t.is((await verify(run, undefined, { notJudged })).checks[1]?.status, 'not judged')
})
