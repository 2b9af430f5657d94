// Puts load on the database with its engine's own script.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Database } from '../box/box.ts'
import type { EngineTraffic } from '../box/engine.ts'
import type { Session } from '../verify/ssh.ts'
import type { Segment } from './shape.ts'
import { callCommand, installUnit, must, patience, removeUnit, runUnit, stopUnit, type Unit } from './unit.ts'

/** What the driver and the server report about a load. */
export interface DatabaseFigures {
  readonly title: string
  /** As counted by the driver. */
  readonly transactions: number
  /** Why the driver failed. */
  readonly failure: string | null
  readonly counters: readonly Counter[]
}

export interface Counter {
  readonly what: string
  /** The minimum that one transaction adds. */
  readonly each: number
  /** How much it grew, as counted by the server. */
  readonly moved: number
}

/** What drives an engine. */
export interface Driver extends EngineTraffic {
  readonly unit: Unit
}

/**
 * The driver of an engine; undefined if its database.yaml has no traffic.
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
    unit: {
      name: 'boxhound-traffic-database',
      interpreter: ['bash'],
      text: await readFile(file, 'utf8'),
      environment: { VERSION: version, PORT: String(port), CONNECTIONS: String(connections) },
    },
  }
}

const admin = '/usr/lib/boxhound/database-admin'

/** The last count that a driver has printed; the last line may be incomplete. */
export const transactionsIn = (output: string): number =>
  Number([...output.matchAll(/^transactions (\d+)$/gm)].at(-1)?.[1] ?? 0)

/** The last column of each row, one row per counter. @throws E_TRAFFIC */
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
  /** Settles when the driver has ended and the counters have been read. */
  readonly ended: Promise<DatabaseFigures>
  /** So far. */
  readonly transactions: () => number
}

/** Stops the driver if it still runs, and removes it from the machine. */
export const removeDatabase = async (session: Session, { unit }: Driver): Promise<void> => {
  await stopUnit(session, unit)
  await must(session, callCommand(unit, 'remove'), 'removing the database of the load')
  await removeUnit(session, unit)
}

/** A database that can't be driven is a red verdict; a lost connection remains an error. */
const failed = ({ title }: Driver, error: unknown): DatabaseFigures => {
  if (!(error instanceof BoxhoundError) || error.code !== 'E_TRAFFIC') throw error
  const failure = [error.message, error.details.found].filter((text) => text !== undefined).join(': ')
  return { title, transactions: 0, failure, counters: [] }
}

/** Runs the driver, whose input has one line per segment: seconds and transactions per second. */
const follow = async (
  session: Session,
  driver: Driver,
  segments: readonly Segment[],
  before: readonly number[],
  onOutput: (text: string) => void,
): Promise<DatabaseFigures> => {
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0)
  const { code, stdout, stderr } = await runUnit(session, driver.unit, {
    words: ['run'],
    stdin: segments.map((segment) => `${segment.seconds} ${segment.rate}\n`).join(''),
    seconds: seconds + patience,
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

/** Prepares what the driver needs, and starts it. */
export const startDatabase = async (
  session: Session,
  driver: Driver,
  segments: readonly Segment[],
): Promise<DatabaseLoad> => {
  let output = ''
  try {
    await installUnit(session, driver.unit)
    await must(session, callCommand(driver.unit, 'prepare'), 'preparing the database')
    const before = await readCounters(session, driver)
    const ended = follow(session, driver, segments, before, (text) => {
      // The last lines are enough, since they have the totals.
      output = `${output}${text}`.slice(-1000)
    }).catch((error: unknown) => failed(driver, error))
    // Nobody may be waiting for it yet.
    ended.catch(() => {})
    return { ended, transactions: () => transactionsIn(output) }
  } catch (error) {
    return { ended: Promise.resolve(failed(driver, error)), transactions: () => 0 }
  }
}
