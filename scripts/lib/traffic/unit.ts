// Programs of a load as systemd units of the guest.

import { BoxhoundError } from '../_helpers/errors.ts'
import type { CommandResult } from '../verify/command.ts'
import { quoteCommand } from '../verify/quote.ts'
import type { Session } from '../verify/ssh.ts'

/** A program that drives something: a unit of its own can be ended as a whole, ends by itself, and there is never a second one. */
export interface Unit {
  /** Of its unit, and of its file. */
  readonly name: string
  readonly interpreter: readonly string[]
  /** The program's text. */
  readonly text: string
  readonly environment: Readonly<Record<string, string>>
}

export interface UnitRun {
  readonly words: readonly string[]
  readonly stdin: string
  /** It is ended then. */
  readonly seconds: number
  readonly onOutput: (text: string) => void
}

/** Seconds for what else is done on the guest, on an emulated processor. */
export const patience = 300

const fileOf = ({ name }: Unit): string => `/run/${name}`

/** Runs a command that must not fail. @throws E_TRAFFIC with its words. */
export const must = async (session: Session, command: string, name: string, stdin = ''): Promise<string> => {
  const { code, stdout, stderr } = await session.run(command, { stdin, deadline: patience, name })
  if (code === 0) return stdout
  throw new BoxhoundError('E_TRAFFIC', `${name} failed on the machine`, {
    expected: 'exit status 0',
    found: `${code}: ${(stderr || stdout).trim().slice(-500)}`,
  })
}

/** Puts the program on the machine; in memory, so that a reboot forgets it. */
export const installUnit = async (session: Session, unit: Unit): Promise<void> => {
  await must(session, `install -m 0700 /dev/stdin ${fileOf(unit)}`, 'writing a load generator', unit.text)
}

/** A call of the program that is no unit. */
export const callCommand = (unit: Unit, ...words: readonly string[]): string =>
  quoteCommand([
    'env',
    ...Object.entries(unit.environment).map(([name, value]) => `${name}=${value}`),
    ...unit.interpreter,
    fileOf(unit),
    ...words,
  ])

/** Runs the program as a unit until its end. */
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
    // A line each second, which has less than 1 kB.
    { stdin, deadline: seconds + patience, limit: 4_000_000 + seconds * 1000, name: `running ${unit.name}`, onOutput },
  )

/** Ends the unit if it runs, and waits until it has. */
export const stopUnit = async (session: Session, { name }: Unit): Promise<void> => {
  await session.run(`systemctl stop ${name}.service`, { deadline: patience, name: `ending ${name}` })
}

export const removeUnit = async (session: Session, unit: Unit): Promise<void> => {
  await must(session, `rm -f ${fileOf(unit)}`, 'removing a load generator')
}
