// Load generators as systemd units in the guest.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { CommandResult } from '../verify/command.ts'
import { quoteCommand } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'

/** A load generator. A systemd unit can be stopped as a whole, has a time limit, and never runs twice. */
export interface Unit {
  /** Name of the unit and of its file. */
  readonly name: string
  readonly interpreter: readonly string[]
  /** The program's source. */
  readonly text: string
  readonly environment: Readonly<Record<string, string>>
}

export interface UnitRun {
  readonly words: readonly string[]
  readonly stdin: string
  /** Time limit. */
  readonly seconds: number
  readonly onOutput: (text: string) => void
}

/** Seconds for other work in the guest, on an emulated CPU. */
export const patience = 300

const fileOf = ({ name }: Unit): string => `/run/${name}`

/** Runs a command that must succeed. @throws E_TRAFFIC with its output. */
export const must = async (session: Session, command: string, name: string, stdin = ''): Promise<string> => {
  const { code, stdout, stderr } = await session.run(command, { stdin, deadline: patience, name })
  if (code === 0) return stdout
  throw new BoxhoundError('E_TRAFFIC', `${name} failed on the machine`, {
    expected: 'exit status 0',
    found: `${code}: ${(stderr || stdout).trim().slice(-500)}`,
  })
}

/** Copies the program to the machine, into memory, so that a reboot removes it. */
export const installUnit = async (session: Session, unit: Unit): Promise<void> => {
  await must(session, `install -m 0700 /dev/stdin ${fileOf(unit)}`, 'writing a load generator', unit.text)
}

/** A call of the program without a unit. */
export const callCommand = (unit: Unit, ...words: readonly string[]): string =>
  quoteCommand([
    'env',
    ...Object.entries(unit.environment).map(([name, value]) => `${name}=${value}`),
    ...unit.interpreter,
    fileOf(unit),
    ...words,
  ])

/** Runs the program as a unit until it ends. */
export const runUnit = (
  session: Session,
  unit: Unit,
  { words, stdin, seconds, onOutput }: UnitRun,
): Promise<CommandResult> =>
  session.run(
    quoteCommand([
      'systemd-run',
      '--quiet',
      '--collect',
      '--wait',
      '--pipe',
      `--unit=${unit.name}.service`,
      `--property=RuntimeMaxSec=${seconds}`,
      '--property=TimeoutStopSec=20',
      ...Object.entries(unit.environment).map(([name, value]) => `--setenv=${name}=${value}`),
      ...unit.interpreter,
      fileOf(unit),
      ...words,
    ]),
    // One line per second, of less than 1 kB.
    { stdin, deadline: seconds + patience, limit: 4_000_000 + seconds * 1000, name: `running ${unit.name}`, onOutput },
  )

/** Stops the unit if it runs, and waits until it has stopped. */
export const stopUnit = async (session: Session, { name }: Unit): Promise<void> => {
  await session.run(`systemctl stop ${name}.service`, { deadline: patience, name: `ending ${name}` })
}

export const removeUnit = async (session: Session, unit: Unit): Promise<void> => {
  await must(session, `rm -f ${fileOf(unit)}`, 'removing a load generator')
}
