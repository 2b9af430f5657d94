import test from 'ava'
import { identities, judgeClones, judgeSecondBoot } from '../../scripts/lib/proof/identities.ts'
import { evidence } from './_evidence.ts'

const { machines } = evidence
const wanted = identities(evidence)

if (machines === null) test.skip('machines are skipped with --disk-only', (t) => t.pass())
else
  for (const identity of wanted) {
    const { name, keeps } = identity
    const fate = keeps ? 'survives a second boot' : 'changes with a second boot'
    test(`fault 45: two machines from one image differ in ${name}`, (t) =>
      t.is(judgeClones(identity, machines.first, machines.other), ''))
    test(`control of fault 45: machines that share ${name} are detected`, (t) =>
      t.not(judgeClones(identity, machines.first, machines.first), ''))
    test(`${name} ${fate}`, (t) => t.is(judgeSecondBoot(identity, machines.first, machines.again), ''))
    test(`control: ${name} of a clone, or of the previous boot, is detected`, (t) =>
      t.not(judgeSecondBoot(identity, machines.first, keeps ? machines.other : machines.first), ''))
  }
