import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { verbEnvironment } from '../../scripts/lib/_helpers/environment.ts'
import { runTogether } from '../../scripts/lib/selftest/together.ts'
import { stage } from './_stage.ts'

/** Two stages that never end, each in a process of a process, and a third one that has no place beside them. */
const [, , folder = ''] = process.argv
const stages = ['a', 'b', 'c'].map((name) =>
  stage(name, { command: ['bash', '-c', `(echo $BASHPID >"${folder}/${name}.pid"; exec sleep 60)`] }),
)
const run = runTogether(stages, {
  limits: { processors: 2, memory: 1000 },
  log: ({ name }) => join(folder, `${name}.log`),
  environment: verbEnvironment(),
})
while (!['a', 'b'].every((name) => existsSync(join(folder, `${name}.pid`)))) await sleep(10)
console.log('both run')
await run
