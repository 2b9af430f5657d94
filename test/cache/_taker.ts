// One of several processes that want the same lock: _taker.ts CACHE LOG DEAD. Starts when the file CACHE/go is there, so that all
// begin at once. Who has the lock leaves it behind as DEAD would have, so that the next one has to take it over.
import { appendFileSync, existsSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { BoxhoundError } from '../../scripts/lib/_helpers/errors.ts'
import { takeLock } from '../../scripts/lib/cache/lock.ts'

const [cache = '', log = '', dead = '{}'] = process.argv.slice(2)
const project = { tool: cache, root: cache, out: cache, cache }

/** A dead process with a number of its own for each turn, as real ones have. */
const leaveBehind = (turn: number): void => {
  const temporary = `${cache}/left-${process.pid}`
  writeFileSync(temporary, JSON.stringify({ ...JSON.parse(dead), pid: process.pid, started: `-${turn}` }))
  renameSync(temporary, `${cache}/locks/box-lab.json`)
}

console.log('ready')
while (!existsSync(`${cache}/go`)) await delay(1)
for (let turn = 1; turn <= 60; turn++) {
  try {
    await takeLock('box-lab', `taker ${process.pid}`, project)
    appendFileSync(log, `+${process.pid}\n`)
    await delay(1)
    appendFileSync(log, `-${process.pid}\n`)
    leaveBehind(turn)
  } catch (error) {
    if (!(error instanceof BoxhoundError) || error.code !== 'E_LOCKED') throw error
  }
}
