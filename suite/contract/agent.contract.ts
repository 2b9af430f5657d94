import { readdir, readFile } from 'node:fs/promises'
import test from 'ava'
import type { ContractContext } from '../../scripts/lib/proof/contract.ts'
import { connect, publicKeyOf, type Session } from '../../scripts/lib/verify/ssh.ts'
import { createGuest } from '../box/guest.ts'
import { type Agent, createAgent } from './_agent.ts'
import { checkCommand } from './_check.ts'
import type { Clause } from './_clause.ts'
import { disturbedAgent } from './_disturbed.ts'
import { installation } from './_installation.ts'
import { keylessAgent } from './_keyless.ts'
import { receiver } from './_receiver.ts'
import { statusCommand } from './_status.ts'
import { stoppedAgent } from './_stopped.ts'

const file = process.env.BOXHOUND_CONTEXT
if (file === undefined) throw new Error('BOXHOUND_CONTEXT is not set: start these tests with "npm run contract"')
const context = JSON.parse(await readFile(file, 'utf8')) as ContractContext
let session: Session
let agent: Agent

const sources = async (): Promise<Record<string, string>> => {
  const folder = new URL('files/', import.meta.url)
  const names = await readdir(folder)
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')))
  return Object.fromEntries(names.map((name, index) => [name.replace(/\.py$/, ''), texts[index] ?? '']))
}

test.before('log in and plant the checks', async () => {
  session = await connect(context.target)
  const deadlines = { command: 120, poll: 90, limit: 270 }
  const { target, expectations, keyed } = context
  const publicKey = await publicKeyOf(target)
  agent = createAgent(
    createGuest(
      session,
      {
        target,
        expectations,
        keyed,
        deadlines,
        planned: [],
        fresh: context.disposable,
        vagrant: false,
      },
      publicKey,
    ),
    context,
  )
  await agent.python('machine.py', { do: 'plant', files: await sources() })
})

test.after.always('restore the machine and log out', async () => {
  if (agent !== undefined) await agent.python('machine.py', { do: 'restore' })
  session?.close()
})

// One after another, in this order: a disposable machine has no key until its Agent is restarted, and its receiver is
// asleep right after that.
const sections: Readonly<Record<string, readonly Clause[]>> = {
  installation,
  keyless: keylessAgent,
  check: checkCommand,
  status: statusCommand,
  receiver,
  'after a restart': disturbedAgent,
  stopped: stoppedAgent,
}

for (const [section, clauses] of Object.entries(sections))
  for (const { line, run, when = () => true } of clauses)
    if (when(context)) test.serial(`${section}: ${line}`, (t) => run(t, agent))

test.serial('these tests leave nothing on the machine', async (t) => {
  await agent.python('machine.py', { do: 'restore' })
  const script =
    'find /etc/datadog-agent -name "*boxhound_contract*"; ls -d /var/lib/boxhound-contract 2>/dev/null; systemctl is-active boxhound-contract-restore.timer'
  const { stdout } = await agent.guest.run(['sh', '-c', script])
  t.is(stdout.trim(), 'inactive')
})
