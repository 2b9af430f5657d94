// Assertions of a box file or a layer.yaml, as the suite judges them.

import { type Assertion, type Expected, type Range, usualWithin } from './expected.ts'
import type { GivenAssertion, GivenExpect } from './schema-expect.ts'
import { ruleOf } from './text-rule.ts'

/** Without the keys whose value is undefined. */
const present = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never

const rangeOf = (given: { min?: number | undefined; max?: number | undefined } | undefined): Range | undefined =>
  given === undefined ? undefined : present(given)

/** An absent process is one that runs not once. */
const countOf = (given: Extract<GivenAssertion, { process: string }>): Range => {
  if (given.absent === true) return { min: 0, max: 0 }
  if (typeof given.count === 'number') return { min: given.count, max: given.count }
  return rangeOf(given.count) ?? { min: 1 }
}

const modeOf = (mode: string | undefined): string | undefined => mode?.padStart(4, '0')

const expectedOf = (given: GivenAssertion): Expected => {
  if ('command' in given) {
    const { command, user, status = 0, stdout, stderr } = given
    const words = typeof command === 'string' ? ['bash', '-c', command] : command
    return present({ kind: 'command', words, user, status, stdout: ruleOf(stdout), stderr: ruleOf(stderr) }) as Expected
  }
  if ('file' in given) {
    const { file: path, absent = false, type, mode, owner, group, size, sha256, target } = given
    const { text, contains, lacks, pattern } = given
    const content = ruleOf({ text, contains, lacks, pattern })
    const rest = { type, mode: modeOf(mode), owner, group, size: rangeOf(size), sha256, target, content }
    return present({ kind: 'file', path, absent, ...rest }) as Expected
  }
  if ('port' in given) {
    const { port, protocol = 'tcp', address, listening = true } = given
    return present({ kind: 'port', port, protocol, address, listening }) as Expected
  }
  if ('unit' in given) {
    const { unit, active, enabled } = given
    const either = active === undefined && enabled === undefined
    return present({ kind: 'unit', unit, active: either ? true : active, enabled }) as Expected
  }
  if ('http' in given) {
    const { http: url, method = 'GET', host, insecure = false, status = 200, body, headers = {} } = given
    const rules = Object.entries(headers).map(([name, rule]) => [name.toLowerCase(), ruleOf(rule)])
    const rest = { body: ruleOf(body), headers: Object.fromEntries(rules) }
    return present({ kind: 'http', url, method, host, insecure, status, ...rest }) as Expected
  }
  if ('package' in given) {
    const { package: name, absent = false, version, held } = given
    return present({ kind: 'package', package: name, absent, version: ruleOf(version), held }) as Expected
  }
  if ('process' in given)
    return present({ kind: 'process', process: given.process, user: given.user, count: countOf(given) }) as Expected
  if ('user' in given) {
    const { user, absent = false, uid, group, groups = [], home, shell } = given
    return present({ kind: 'user', user, absent, uid, group, groups, home, shell }) as Expected
  }
  const { group, absent = false, gid, members = [] } = given
  return present({ kind: 'group', group, absent, gid, members }) as Expected
}

const not = (absent: boolean, what: string): string => (absent ? `${what} does not exist` : `${what} is as expected`)

/** A title for reports, from what is expected. */
export const titleOf = (expected: Expected): string => {
  switch (expected.kind) {
    case 'command': {
      const { words, status } = expected
      const text = /^(?:ba)?sh$/.test(words[0] ?? '') && words[1] === '-c' ? words.slice(2).join(' ') : words.join(' ')
      const [first = ''] = text.trim().split('\n')
      return `${first.slice(0, 100)} ${status === 0 ? 'succeeds' : `exits with ${status}`}`
    }
    case 'file':
      return not(expected.absent, expected.path)
    case 'port':
      return `${expected.protocol} port ${expected.port} ${expected.listening ? 'listens' : 'does not listen'}`
    case 'unit': {
      const { active, enabled } = expected
      const words = [
        ...(active === undefined ? [] : [active ? 'active' : 'not active']),
        ...(enabled === undefined ? [] : [enabled ? 'enabled' : 'not enabled']),
      ]
      return `The unit ${expected.unit} is ${words.join(' and ')}`
    }
    case 'http':
      return `${expected.url} answers ${expected.status}`
    case 'package':
      return expected.absent
        ? `The package ${expected.package} is not installed`
        : `The package ${expected.package} is installed`
    case 'user':
      return not(expected.absent, `The user ${expected.user}`)
    case 'group':
      return not(expected.absent, `The group ${expected.group}`)
    case 'unjudged':
      return 'What is not judged'
    case 'process':
      return expected.count.max === 0 ? `${expected.process} does not run` : `${expected.process} runs`
  }
}

/** Assertions in the order in which they are written, with defaults filled in. */
export const assertionsOf = (given: GivenExpect): Assertion[] =>
  Object.entries(given).map(([name, one]) => {
    const expected = expectedOf(one)
    return { name, title: one.title ?? titleOf(expected), within: one.within ?? usualWithin, expected }
  })
