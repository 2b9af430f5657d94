// What test/helpers/output.test.ts takes the output from: _output.ts [stdout|stderr|throws].

import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { abandon } from '../../scripts/_main.ts'
import { withCleanup } from '../../scripts/lib/_helpers/cleanup.ts'

const [mode, file = ''] = process.argv.slice(2)
for (const stream of ['stdout', 'stderr'] as const) process[stream].on('error', (error) => abandon(error, stream))
process.on('uncaughtException', (error) => abandon(error))

await withCleanup(
  async () => {
    // Some clean-ups wait for others to end, and tell of it on what is lost.
    await delay(50)
    console.log('cleaning')
    console.error('cleaning')
    writeFileSync(file, 'clean')
  },
  async () => {
    if (mode === 'throws') setTimeout(() => JSON.parse('{'), 10)
    for (let line = 0; line < 500; line += 1) {
      if (mode === 'stderr') console.error(`line ${line}`)
      if (mode === 'stdout') process.stdout.write(`line ${line}\n`)
      await delay(10)
    }
    throw new Error('nobody has noticed')
  },
)
