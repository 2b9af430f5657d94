import type {
  FileExpected,
  GroupExpected,
  HttpExpected,
  PortExpected,
  ProcessExpected,
  Range,
  UserExpected,
} from '../../../scripts/lib/box/expected.ts'
import { judge, list, missing, type Verdict } from '../verdict.ts'
import type { Facts } from './facts.ts'
import { textProblems, textWords } from './text.ts'

/** `NAME is FOUND, not WANTED` for a part that is expected and differs. */
export const differs = (
  name: string,
  wanted: string | number | boolean | undefined,
  found: string | number | boolean,
) => (wanted === undefined || wanted === found ? [] : [`${name} is ${found === '' ? 'unknown' : found}, not ${wanted}`])

const rangeProblems = (name: string, { min, max }: Range = {}, found: number): string[] => [
  ...(min !== undefined && found < min ? [`${name} is ${found}, below ${min}`] : []),
  ...(max !== undefined && found > max ? [`${name} is ${found}, above ${max}`] : []),
]

const rangeWords = (name: string, range: Range | undefined): string[] => {
  if (range === undefined) return []
  const { min, max } = range
  if (min === max) return [`${name} ${min}`]
  return [
    ...(min === undefined ? [] : [`${name} at least ${min}`]),
    ...(max === undefined ? [] : [`${name} at most ${max}`]),
  ]
}

const part = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${name} ${value}`]

const words = (...parts: (readonly string[])[]): string => parts.flat().join(', ')

export const judgeFile = (wanted: FileExpected, found: Facts['file']): Verdict => {
  const { path, absent, type, mode, owner, group, size, sha256, target, content } = wanted
  if (absent) return judge(`${path} does not exist`, 'it does not', found.exists ? [`${path} is a ${found.type}`] : [])
  const expected = words(
    [`${path} exists`],
    ...[part('type', type), part('mode', mode), part('owner', owner), part('group', group)],
    ...[rangeWords('size', size), part('SHA-256', sha256), part('target', target), textWords('content', content)],
  )
  if (!found.exists) return judge(expected, '', [`${path} does not exist`])
  const isText = found.type === 'file'
  return judge(
    expected,
    words([`a ${found.type}`, `${found.owner}:${found.group} ${found.mode}`, `${found.size} bytes`]),
    [
      ...differs('type', type, found.type),
      ...differs('mode', mode, found.mode),
      ...differs('owner', owner, found.owner),
      ...differs('group', group, found.group),
      ...rangeProblems('size', size, found.size),
      ...differs('SHA-256', sha256, found.sha256),
      ...differs('target', target, found.target),
      ...(content !== undefined && !isText ? [`${path} is a ${found.type}, which has no text`] : []),
      ...(isText ? textProblems('content', content, found.content) : []),
    ],
  )
}

export const judgePort = (
  { port, protocol, address, among = [], listening }: PortExpected,
  { addresses }: Facts['port'],
): Verdict => {
  const name = `${protocol} port ${port}`
  if (!listening) {
    const others = addresses.filter((one) => address === undefined || one === address)
    const where = address === undefined ? '' : ` on ${address}`
    return judge(
      `nothing listens on ${name}${where}`,
      'nothing does',
      others.map((one) => `something listens on ${one}`),
    )
  }
  const expected = `${name} listens${address === undefined ? '' : `, on ${address} and no other address`}`
  const others = address === undefined ? [] : addresses.filter((one) => one !== address)
  return judge(expected, `it listens on ${list(addresses)}`, [
    ...(addresses.length === 0 ? [`nothing listens on ${name}`] : []),
    ...(address !== undefined && addresses.length > 0 && !addresses.includes(address)
      ? [`it does not listen on ${address}`]
      : []),
    ...others.map((one) => `it listens on ${one}`),
    ...missing(among, addresses).map((one) => `it does not listen on ${one}`),
  ])
}

export const judgeUser = (wanted: UserExpected, found: Facts['user']): Verdict => {
  const { user, absent, uid, group, groups, home, shell } = wanted
  if (absent)
    return judge(
      `the user ${user} does not exist`,
      'it does not',
      found.exists ? [`it exists, with uid ${found.uid}`] : [],
    )
  const expected = words(
    [`the user ${user} exists`],
    ...[part('uid', uid), part('group', group), part('home', home), part('shell', shell)],
    groups.length === 0 ? [] : [`in ${list(groups)}`],
  )
  if (!found.exists) return judge(expected, '', [`no user ${user}`])
  return judge(expected, `uid ${found.uid}, in ${list(found.groups)}, home ${found.home}, shell ${found.shell}`, [
    ...differs('uid', uid, found.uid),
    ...differs('group', group, found.group),
    ...missing(groups, found.groups).map((one) => `it is not in ${one}`),
    ...differs('home', home, found.home),
    ...differs('shell', shell, found.shell),
  ])
}

export const judgeGroup = ({ group, absent, gid, members }: GroupExpected, found: Facts['group']): Verdict => {
  if (absent)
    return judge(
      `the group ${group} does not exist`,
      'it does not',
      found.exists ? [`it exists, with gid ${found.gid}`] : [],
    )
  const expected = words(
    [`the group ${group} exists`],
    part('gid', gid),
    members.length === 0 ? [] : [`with ${list(members)}`],
  )
  if (!found.exists) return judge(expected, '', [`no group ${group}`])
  return judge(expected, `gid ${found.gid}, with ${list(found.members)}`, [
    ...differs('gid', gid, found.gid),
    ...missing(members, found.members).map((one) => `${one} is not in it`),
  ])
}

export const judgeProcess = ({ process, user, count }: ProcessExpected, { processes }: Facts['process']): Verdict => {
  const whose = user === undefined ? '' : ` of ${user}`
  const own = processes.filter((one) => user === undefined || one.user === user)
  const others = processes.length - own.length
  const seen = `${own.length} processes${whose}${others > 0 ? `, and ${others} of other users` : ''}`
  const expected = words([`${process} runs${whose}`], rangeWords('processes', count))
  return judge(expected, seen, rangeProblems(`number of processes ${process}${whose}`, count, own.length))
}

export const judgeHttp = ({ url, method, status, body, headers }: HttpExpected, found: Facts['http']): Verdict => {
  const rules = Object.entries(headers)
  const expected = words(
    [`${method} ${url} answers ${status}`],
    textWords('body', body),
    rules.flatMap(([name, rule]) => textWords(name, rule)),
  )
  if (found.error !== '') return judge(expected, '', [found.error])
  return judge(expected, `status ${found.status}, ${found.body.length} characters`, [
    ...differs('status', status, found.status),
    ...textProblems('body', body, found.body),
    ...rules.flatMap(([name, rule]) => {
      const value = found.headers[name]
      return value === undefined ? [`no header ${name}`] : textProblems(name, rule, value)
    }),
  ])
}
