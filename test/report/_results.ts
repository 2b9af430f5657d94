import type { CheckResult, VerifyResults } from '../../scripts/lib/verify/results.ts'

const passed = (id: string, title: string, seconds: number): CheckResult => ({
  id,
  title,
  seconds,
  status: 'passed',
  expected: 'as it should be',
  observed: 'as it is',
})

export const results: VerifyResults = {
  box: 'lab',
  image: 'ab'.repeat(32),
  expectations: 'cd'.repeat(32),
  labAgent: true,
  machine: 'qemu',
  planned: 5,
  passed: 2,
  failed: 1,
  skipped: 1,
  notJudged: 1,
  seconds: 41.5,
  checks: [
    passed('first-boot', 'First boot is done', 0.4),
    passed('agent.running', 'The Agent runs', 3.2),
    {
      id: 'check.x',
      title: 'The check <x> & "y"',
      status: 'failed',
      seconds: 1.5,
      expected: 'one metric',
      observed: 'error: <b>boom</b>\nsecond\u0000 line \u001b[31m ]]>',
    },
    { ...passed('image.users', 'Users', 0), status: 'skipped', observed: 'no users here' },
    { ...passed('image.boot', 'Boot', 0), status: 'not judged', observed: 'no kernel & no boot loader of its own' },
  ],
}
