// Runs one test of the user's, in a thread of its own: whatever it does, the suite goes on. Bundled with the test's file
// (scripts/lib/render/own-tests.ts), so it imports nothing of boxhound's.

import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'

const port = parentPort
const waiting = new Map()
let asked = 0
let assertions = 0

/** @param {unknown} value */
const shown = (value) => inspect(value, { depth: 4, breakLength: 100, maxStringLength: 300, maxArrayLength: 20 })

/** Asks the suite, which has the connection. */
const ask = (kind, input) =>
  new Promise((resolve, reject) => {
    asked += 1
    waiting.set(asked, { resolve, reject })
    port?.postMessage({ kind, id: asked, input })
  })

const holds = (isTrue, message) => {
  assertions += 1
  if (!isTrue) throw new Error(message)
}

/** An assertion about a value; `what` names it in the report. */
const expect = (value, what = 'the value') => ({
  is: (wanted) =>
    holds(
      Object.is(value, wanted) || inspect(value, { depth: null }) === inspect(wanted, { depth: null }),
      `${what} is ${shown(value)}, not ${shown(wanted)}`,
    ),
  contains: (part) =>
    holds(
      (typeof value === 'string' || Array.isArray(value)) && value.includes(part),
      `${what} lacks ${shown(part)}: ${shown(value)}`,
    ),
  matches: (pattern) =>
    holds(typeof value === 'string' && pattern.test(value), `${what} does not match ${pattern}: ${shown(value)}`),
  atLeast: (low) => holds(typeof value === 'number' && value >= low, `${what} is ${shown(value)}, below ${low}`),
  atMost: (high) => holds(typeof value === 'number' && value <= high, `${what} is ${shown(value)}, above ${high}`),
})

/** Repeats until nothing is thrown any more, or the time is up. */
const within = async (seconds, work) => {
  for (const until = Date.now() + seconds * 1000; ; ) {
    const before = assertions
    try {
      return await work()
    } catch (error) {
      if (Date.now() >= until) throw error
      assertions = before
      await sleep(500)
    }
  }
}

const guest = {
  run: (words, options = {}) => ask('run', { words, user: options.user ?? null }),
  file: (path) => ask('file', { path }),
  http: (url, options = {}) => ask('http', { url, ...options }),
  expect,
  within,
}

/** @param {Readonly<Record<string, unknown>>} tests what the file exports. */
export const serve = async (tests) => {
  port?.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {}
    waiting.delete(id)
    if (error === undefined) resolve?.(result)
    else reject?.(new Error(error))
  })
  const work = tests[workerData.name]
  const end = (problem) => port?.postMessage({ kind: 'end', assertions, problem })
  if (typeof work !== 'function') return end(`${workerData.name} is no function`)
  try {
    await work(guest)
    end(null)
  } catch (error) {
    end(error instanceof Error ? error.message : shown(error))
  }
}
