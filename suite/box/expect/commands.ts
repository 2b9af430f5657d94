import type { CommandExpected, PackageExpected, UnitExpected } from '../../../scripts/lib/box/expected.ts'
import type { CommandResult } from '../../../scripts/lib/verify/command.ts'
import { judge, type Verdict } from '../verdict.ts'
import { differs } from './judge.ts'
import { textProblems, textWords } from './text.ts'

type Output = Pick<CommandResult, 'code' | 'stdout' | 'stderr'>

const cut = (text: string): string => text.trim().slice(0, 300)

/** The words that run a command as its user. */
export const wordsOf = ({ words, user }: CommandExpected): readonly string[] =>
  user === undefined ? words : ['runuser', '-u', user, '--', ...words]

export const judgeCommand = ({ status, stdout, stderr }: CommandExpected, found: Output): Verdict => {
  const expected = [`exit status ${status}`, ...textWords('stdout', stdout), ...textWords('stderr', stderr)].join(', ')
  const said = [cut(found.stderr), cut(found.stdout)].find((text) => text !== '') ?? '(no output)'
  return judge(expected, `exit status ${found.code}: ${said}`, [
    ...(found.code === status ? [] : [`exit status ${found.code}, not ${status}: ${said}`]),
    ...textProblems('stdout', stdout, found.stdout),
    ...textProblems('stderr', stderr, found.stderr),
  ])
}

export const unitCommand = ({ unit }: UnitExpected): string[] => [
  ...['systemctl', 'show', '-p', 'LoadState', '-p', 'ActiveState', '-p', 'SubState', '-p', 'UnitFileState', '--'],
  unit.includes('.') ? unit : `${unit}.service`,
]

const started: readonly string[] = ['active', 'reloading']
const enabledStates: readonly string[] = ['enabled', 'enabled-runtime', 'alias', 'static', 'generated', 'indirect']

export const judgeUnit = ({ unit, active, enabled }: UnitExpected, { code, stdout, stderr }: Output): Verdict => {
  const fields = new Map(
    stdout.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  )
  const [load, state, sub, file] = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState'].map(
    (key) => fields.get(key) || 'unknown',
  )
  const wanted = [
    ...(active === undefined ? [] : [active ? 'active' : 'not active']),
    ...(enabled === undefined ? [] : [enabled ? 'enabled' : 'not enabled']),
  ]
  const expected = `${unit} is ${wanted.join(' and ')}`
  if (code !== 0) return judge(expected, '', [cut(stderr) || `systemctl exits with ${code}`])
  // What does not exist neither runs nor starts; only the opposite needs the unit.
  const isNeeded = active === true || enabled === true
  if (load === 'not-found') return judge(expected, `no unit ${unit}`, isNeeded ? [`there is no unit ${unit}`] : [])
  const isActive = started.includes(state ?? '')
  const isEnabled = enabledStates.includes(file ?? '')
  return judge(expected, `${state} (${sub}), ${file}`, [
    ...(active === undefined || active === isActive ? [] : [`it is ${state} (${sub})`]),
    ...(enabled === undefined || enabled === isEnabled ? [] : [`it is ${file}`]),
  ])
}

/** Whether dpkg's or another manager's state means that the package is there: `ii`, `hi`. */
const isInstalled = (state: string): boolean => /^.i/.test(state)

export const judgePackage = (wanted: PackageExpected, { code, stdout }: Output): Verdict => {
  const { package: name, absent, version, held, query } = wanted
  const [, found = '', state = ''] = /^(\S*) (.*)$/.exec(stdout.trimEnd()) ?? []
  const there = code === 0 && isInstalled(state)
  if (absent) return judge(`${name} is not installed`, 'it is not', there ? [`version ${found} is installed`] : [])
  const heldWords = held === undefined ? [] : [held ? 'held' : 'not held']
  const expected = [`${name} is installed`, ...textWords('version', version), ...heldWords].join(', ')
  if (!there) return judge(expected, '', [`${name} is not installed`])
  const isHeld = state.trim() === query?.held
  return judge(expected, `version ${found}${isHeld ? ', held' : ''}`, [
    ...textProblems('version', version, found),
    ...differs('held', held, isHeld),
  ])
}
