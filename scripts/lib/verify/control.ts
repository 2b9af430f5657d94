// Reads a negative control.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import type { Box } from '../box/box.ts'
import { partFolders } from '../box/folders.ts'
import type { Expectations } from '../render/rendered-box.ts'
import { expectId, isOfUser } from './ids.ts'
import { allIds } from './plan.ts'
import type { CheckResult } from './results.ts'

/** A script that breaks a running box in one way, and exactly the ids that must turn red. */
export interface Control {
  readonly name: string
  readonly breaks: string
  readonly red: readonly string[]
  /**
   * What the box must have: `database`, `monitoring` (the database's) or `no-monitoring` (a database without), `app`,
   * `no-database`, `no-checks`, of the Agent's configuration `config`, `groups`, `after`, `secrets` and `secret-program` (one of
   * the user's), `check.NAME`, `expect.NAME`, `logs.TYPE` (a source of that type), `package` or `container` (how the Agent runs),
   * or `kernel` (its own, as on any box in QEMU). Empty for any box with this folder.
   */
  readonly needs: readonly string[]
  /** A bash script to run as root in the guest. */
  readonly script: string
}

const header = (text: string, key: string, file: string): string => {
  const value = new RegExp(`^# ${key}: (.+)$`, 'm').exec(text)?.[1]
  if (value !== undefined) return value.trim()
  throw new BoxhoundError('E_CONTROL', `a control lacks its line "# ${key}: …"`, { file })
}

/** Parses a control. Its header says what it breaks, which ids turn red, and what the box must have. */
export const parseControl = (name: string, text: string, library: string, file: string): Control => ({
  name,
  breaks: header(text, 'Breaks', file),
  red: header(text, 'Red', file).split(' '),
  needs: header(text, 'Needs', file)
    .split(' ')
    .filter((word) => word !== '-'),
  script: `${library}\n${text}`,
})

/**
 * Names of the checks that a control with a line `# Each:` is repeated for, replacing `{check}` in its text; undefined
 * without such a line.
 */
const repeated = (text: string, { checks, database, integrations, off, logs }: Box): string[] | undefined => {
  const kinds = /^# Each: (.+)$/m.exec(text)?.[1]?.split(' ')
  if (kinds === undefined) return undefined
  return [
    ...(kinds.includes('check') ? checks.map(({ name }) => name) : []),
    ...(kinds.includes('integration') ? [database?.check.name ?? [], integrations.map(({ name }) => name)].flat() : []),
    ...(kinds.includes('shipped') ? integrations.map(({ name }) => name) : []),
    ...(kinds.includes('off') ? off : []),
    ...(kinds.includes('log') ? logs.map(({ name }) => name) : []),
    ...(kinds.includes('log-file') ? logs.filter(({ config }) => config.type === 'file').map(({ name }) => name) : []),
  ]
}

const scriptsIn = async (folder: string): Promise<string[]> =>
  existsSync(folder)
    ? (await readdir(folder)).filter((name) => name.endsWith('.sh') && !name.startsWith('_')).sort()
    : []

/** The functions in some folders' `_lib.sh`, which are prepended to each control there. */
const librariesIn = async (folders: readonly string[]): Promise<string> => {
  const files = folders.map((folder) => join(folder, '_lib.sh')).filter((file) => existsSync(file))
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
}

/** The controls of one folder, without files that start with `_`. */
const controlsIn = async (folder: string, before: string, box: Box): Promise<Control[]> => {
  const names = await scriptsIn(folder)
  const all = names.map(async (fileName): Promise<Control[]> => {
    const file = join(folder, fileName)
    const [name, written] = [fileName.replace(/\.sh$/, ''), await readFile(file, 'utf8')]
    const journals = box.logs.filter(({ config }) => config.type === 'journald').map((log) => `logs.${log.name}`)
    const text = written.replaceAll('{journald}', journals.join(' ') || 'logs.journald')
    const checks = repeated(text, box)
    if (checks === undefined) return [parseControl(name, text, before, file)]
    return checks.map((check) => parseControl(`${name}-${check}`, text.replaceAll('{check}', check), before, file))
  })
  return (await Promise.all(all)).flat()
}

/** All controls for the parts of a box: those of the suite, and of its database's, app's and checks' folders. */
export const readControls = async (box: Box, { tool }: Project): Promise<Control[]> => {
  const suite = join(tool, 'suite', 'controls')
  // An engine's shared folders each have their own functions.
  const parts = partFolders(box).map((folders) => folders.map((folder) => join(folder, 'controls')))
  const all = await Promise.all(
    [[suite], ...parts].map(async (folders) => {
      const library = await librariesIn([...new Set([suite, ...folders])])
      return Promise.all(folders.map((folder) => controlsIn(folder, library, box)))
    }),
  )
  return all.flat(2)
}

/** The controls for a box, ordered by the ids that they turn red. */
export const controlsFor = (controls: readonly Control[], expectations: Expectations): Control[] => {
  const { agent, database, app, checks, container, logs = [] } = expectations
  const has = new Set([
    'kernel',
    container === null ? 'package' : 'container',
    ...(agent.config === undefined ? [] : ['config']),
    ...(agent.groups === undefined ? [] : ['groups']),
    ...(agent.after === undefined ? [] : ['after']),
    ...(agent.secrets === undefined ? [] : ['secrets']),
    ...(agent.secrets?.command == null ? [] : ['secret-program']),
    ...(database === null ? ['no-database'] : ['database', database.dbm ? 'monitoring' : 'no-monitoring']),
    ...(app === null ? [] : ['app']),
    ...(checks.length === 0 ? ['no-checks'] : checks.map(({ name }) => `check.${name}`)),
    ...(expectations.expect ?? []).map(({ name }) => expectId(name)),
    ...logs.map(({ source }) => `logs.${source.type}`),
  ])
  const order = allIds(expectations)
  // `ID?`: only on a box that has this id.
  const redOf = ({ red }: Control): string[] =>
    red.flatMap((id) => (!id.endsWith('?') ? [id] : order.includes(id.slice(0, -1)) ? [id.slice(0, -1)] : []))
  const rank = ({ red }: Control): number => Math.min(...red.map((id) => order.indexOf(id)))
  return controls
    .filter(({ needs }) => needs.every((word) => has.has(word)))
    .map((control) => ({ ...control, red: redOf(control) }))
    .sort((a, b) => rank(a) - rank(b))
}

/**
 * Ids of a box that no control turns red, i.e. checks that cannot fail (fault 44). Not of an assertion of the user's: each kind of them has been
 * turned red by boxhound's own tests.
 */
export const uncontrolled = (controls: readonly Control[], expectations: Expectations): string[] => {
  const red = new Set(controlsFor(controls, expectations).flatMap((control) => control.red))
  return allIds(expectations).filter((id) => !red.has(id) && !isOfUser(id))
}

/** The result of one control. */
export interface ControlResult {
  readonly control: Control
  readonly red: readonly CheckResult[]
  readonly seconds: number
  /** Ids that should have turned red but did not. */
  readonly missing: readonly string[]
  /** Ids that turned red but should not have. */
  readonly unexpected: readonly string[]
  /** Why the control could not be run. */
  readonly error?: string
}

/** Compares what turned red with what should. */
export const judgeControl = (control: Control, checks: readonly CheckResult[], seconds: number): ControlResult => {
  const red = checks.filter(({ status }) => status === 'failed')
  const ids = red.map(({ id }) => id)
  // An assertion of the user's may watch what a control of boxhound's breaks. Only one that names such ids is exact about them.
  const counts = (id: string): boolean => !isOfUser(id) || control.red.some(isOfUser)
  return {
    control,
    red,
    seconds,
    missing: control.red.filter((id) => !ids.includes(id)),
    unexpected: ids.filter((id) => !control.red.includes(id) && counts(id)),
  }
}

/** Whether exactly the expected checks turned red. */
export const isRight = ({ missing, unexpected, error }: ControlResult): boolean =>
  missing.length === 0 && unexpected.length === 0 && error === undefined
