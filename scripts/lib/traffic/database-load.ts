// Drives the database by its engine's own script.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Database } from '../box/box.ts'
import type { EngineTraffic } from '../box/engine.ts'
import { quoteCommand } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'
import type { Segment } from './shape.ts'

/** What the driver and the server tell of a load. */
export interface DatabaseFigures {
  readonly title: string
  /** By the driver's own count. */
  readonly transactions: number
  /** Why the driver failed. */
  readonly failure: string | null
  readonly counters: readonly Counter[]
}

export interface Counter {
  readonly what: string
  /** The least that one transaction adds. */
  readonly each: number
  /** How far it moved by the server's own count. */
  readonly moved: number
}

/** A script for the guest. */
export interface Driver extends EngineTraffic {
  /** The script's text. */
  readonly text: string
  readonly environment: Readonly<Record<string, string>>
}

/**
 * The driver of an engine; undefined where its folder says nothing of traffic.
 *
 * @throws BoxhoundError E_TRAFFIC when its script is missing.
 */
export const readDriver = async (
  { folders, version, definition: { traffic, port }, engine }: Database,
  connections: number,
): Promise<Driver | undefined> => {
  if (traffic === undefined) return undefined
  const paths = folders.map((folder) => join(folder, traffic.script))
  const file = paths.findLast(existsSync)
  if (file === undefined)
    throw new BoxhoundError('E_TRAFFIC', `the script that drives ${engine} is missing`, {
      exitCode: 2,
      file: paths.at(-1) ?? traffic.script,
      next: 'add it, or remove traffic from the database.yaml of the engine; guide/databases.md shows how',
    })
  return {
    ...traffic,
    text: await readFile(file, 'utf8'),
    environment: { VERSION: version, PORT: String(port), CONNECTIONS: String(connections) },
  }
}

const unit = 'boxhound-traffic.service'
const script = '/run/boxhound-traffic'
const admin = '/usr/lib/boxhound/database-admin'

/** Seconds for making or removing the driver's own database on an emulated processor. */
const patience = 300

const must = async (session: Session, command: string, name: string, stdin = ''): Promise<string> => {
  const { code, stdout, stderr } = await session.run(command, { stdin, deadline: patience, name })
  if (code === 0) return stdout
  throw new BoxhoundError('E_TRAFFIC', `${name} failed on the machine`, {
    expected: 'exit status 0',
    found: `${code}: ${(stderr || stdout).trim().slice(-500)}`,
  })
}

const action = ({ environment }: Driver, name: 'prepare' | 'remove'): string =>
  quoteCommand(['env', ...Object.entries(environment).map(([key, value]) => `${key}=${value}`), 'bash', script, name])

/** The driver's script as a unit of its own: it can be ended as a whole, ends by itself, and there is never a second one. */
const runCommand = ({ environment }: Driver, seconds: number): string =>
  quoteCommand([
    'systemd-run',
    '--quiet',
    '--collect',
    '--wait',
    '--pipe',
    `--unit=${unit}`,
    `--property=RuntimeMaxSec=${seconds}`,
    '--property=TimeoutStopSec=20',
    ...Object.entries(environment).map(([key, value]) => `--setenv=${key}=${value}`),
    'bash',
    script,
    'run',
  ])

/** The last count that a driver has printed; a line may still be on its way. */
export const transactionsIn = (output: string): number =>
  Number([...output.matchAll(/^transactions (\d+)$/gm)].at(-1)?.[1] ?? 0)

/** The last column of each row, one row for each counter. @throws E_TRAFFIC */
export const countersIn = (output: string, { counters }: Pick<Driver, 'counters'>): number[] => {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const numbers = lines.map((line) => Number(line.split('\t').at(-1)))
  if (numbers.length === counters.length && numbers.every((number) => Number.isFinite(number))) return numbers
  throw new BoxhoundError('E_TRAFFIC', 'cannot read the counters of the database', {
    expected: `a number for each of ${counters.map(({ what }) => what).join(', ')}`,
    found: output.trim().slice(-500) || 'nothing',
  })
}

const readCounters = async (session: Session, driver: Driver): Promise<number[]> => {
  const statements = driver.counters.map(({ statement }) => `${statement};\n`).join('')
  return countersIn(await must(session, admin, 'reading the counters of the database', statements), driver)
}

export interface DatabaseLoad {
  /** Settles when the driver has ended and the counters are read. */
  readonly ended: Promise<DatabaseFigures>
  /** So far. */
  readonly transactions: () => number
}

/** Puts the script on the machine, and makes the database that it needs. */
const prepare = async (session: Session, driver: Driver): Promise<void> => {
  await must(session, `install -m 0700 /dev/stdin ${script}`, 'writing the script', driver.text)
  await must(session, action(driver, 'prepare'), 'preparing the database')
}

/** Ends the driver if it still runs, and leaves nothing of it on the machine. */
export const removeDatabase = async (session: Session, driver: Driver): Promise<void> => {
  await session.run(`systemctl stop ${unit}`, { deadline: patience, name: 'ending the driver of the database' })
  await must(session, action(driver, 'remove'), 'removing the database of the load')
  await must(session, `rm -f ${script}`, 'removing the script')
}

/** A database that can't be driven is a finding; a lost connection stays an error. */
const failed = ({ title }: Driver, error: unknown): DatabaseFigures => {
  if (!(error instanceof BoxhoundError) || error.code !== 'E_TRAFFIC') throw error
  const failure = [error.message, error.details.found].filter((text) => text !== undefined).join(': ')
  return { title, transactions: 0, failure, counters: [] }
}

/** Runs the driver; what it reads is a line for each segment: seconds and transactions per second. */
const follow = async (
  session: Session,
  driver: Driver,
  segments: readonly Segment[],
  before: readonly number[],
  onOutput: (text: string) => void,
): Promise<DatabaseFigures> => {
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0)
  const { code, stdout, stderr } = await session.run(runCommand(driver, seconds + patience), {
    stdin: segments.map((segment) => `${segment.seconds} ${segment.rate}\n`).join(''),
    deadline: seconds + 2 * patience,
    name: `driving the database by ${driver.title}`,
    onOutput,
  })
  const after = await readCounters(session, driver)
  return {
    title: driver.title,
    transactions: transactionsIn(stdout),
    failure: code === 0 ? null : `exit status ${code}: ${stderr.trim().slice(-500) || 'no message'}`,
    counters: driver.counters.map(({ what, each }, index) => ({
      what,
      each,
      moved: (after[index] ?? 0) - (before[index] ?? 0),
    })),
  }
}

/** Makes what the driver needs and starts it. */
export const startDatabase = async (
  session: Session,
  driver: Driver,
  segments: readonly Segment[],
): Promise<DatabaseLoad> => {
  let output = ''
  try {
    await prepare(session, driver)
    const before = await readCounters(session, driver)
    const ended = follow(session, driver, segments, before, (text) => {
      // The last lines are enough: they count from the start.
      output = `${output}${text}`.slice(-1000)
    }).catch((error: unknown) => failed(driver, error))
    // Whoever waits for it may not do so yet.
    ended.catch(() => {})
    return { ended, transactions: () => transactionsIn(output) }
  } catch (error) {
    return { ended: Promise.resolve(failed(driver, error)), transactions: () => 0 }
  }
}
