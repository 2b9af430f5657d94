import { type Cursor, queryError } from './cursor.ts'

/** The parts of a metric query that the rest of an account needs. */
export interface MetricQuery {
  readonly metric: string
  /** `$name`, without the dollar sign. */
  readonly variables: readonly string[]
  /** The tags of `by {…}`. */
  readonly groups: readonly string[]
}

const rollups = ['avg', 'sum', 'min', 'max', 'count']
const suffixes = ['rollup', 'as_count', 'as_rate', 'fill', 'weighted']
const tagKey = String.raw`[A-Za-z][\w./-]*`
const variable = String.raw`\$[A-Za-z_][\w-]*(?:\.(?:value|key))?`

/** Scopes with AND, OR, NOT, IN and parentheses are only checked for balanced parentheses. */
const checkScope = (scope: string): void => {
  const wrong = (why: string): Error => queryError(`scope {${scope}}: ${why}`)
  if (scope.trim() === '') throw wrong('a scope is * or tags')
  if (/['"]/.test(scope)) throw wrong('tags stand without quotes')
  if (/\b(?:AND|OR|NOT|IN)\b|[()]/.test(scope)) {
    let open = 0
    for (const sign of scope) {
      open += sign === '(' ? 1 : sign === ')' ? -1 : 0
      if (open < 0) break
    }
    if (open !== 0) throw wrong('parentheses don’t match')
    return
  }
  const part = new RegExp(String.raw`^!?(?:\*|${variable}|${tagKey}:(?:\S+))$`)
  for (const tag of scope.split(','))
    if (!part.test(tag.trim())) throw wrong(`${JSON.stringify(tag.trim())} is no tag of the form key:value`)
}

const checkGroups = (text: string): string[] => {
  const groups = text.split(',').map((group) => group.trim())
  const part = new RegExp(`^(?:${tagKey}|${variable})$`)
  for (const group of groups)
    if (!part.test(group)) throw queryError(`by {${text}}: ${JSON.stringify(group)} is no tag’s key`)
  return groups
}

const checkSuffix = (name: string, text: string): void => {
  if (!suffixes.includes(name)) throw queryError(`unknown modifier .${name}()`)
  const words = text.trim() === '' ? [] : text.split(',').map((word) => word.trim())
  if (name.startsWith('as_') && words.length > 0) throw queryError(`.${name}() takes nothing, found (${text})`)
  if (name !== 'rollup') return
  const seconds = rollups.includes(words[0] ?? '') ? words.slice(1) : words
  const good = words.length > 0 && seconds.length <= 1 && seconds.every((word) => /^[1-9]\d*$/.test(word))
  if (!good) throw queryError(`.rollup() takes ${rollups.join(', ')} and whole seconds, found (${text})`)
}

/** Whether a metric query starts here: `avg:`. If so, consumes the prefix. */
export const takeAggregator = (cursor: Cursor): boolean =>
  cursor.take(/(?:avg|sum|min|max|count|p(?:50|75|90|95|99|\d{2}(?:\.\d+)?)):/) !== undefined

/** Parses the rest of `AGGR:METRIC{SCOPE} [by {…}][.rollup(sum, 3600)]…`. @throws BoxhoundError E_QUERY */
export const readMetric = (cursor: Cursor): MetricQuery => {
  const [metric] = cursor.expect(/[A-Za-z][\w.]*/, 'the name of a metric')
  const [, scope = ''] = cursor.expect(/\{([^{}]*)\}/, 'a scope such as {*} or {host:x}')
  checkScope(scope)
  const by = cursor.take(/by\s*\{([^{}]*)\}/)?.[1]
  const groups = by === undefined ? [] : checkGroups(by)
  for (let match = cursor.take(/\.(\w+)\(([^()]*)\)/); match !== undefined; match = cursor.take(/\.(\w+)\(([^()]*)\)/))
    checkSuffix(match[1] ?? '', match[2] ?? '')
  const variables = [...`${scope},${by ?? ''}`.matchAll(/\$([A-Za-z_][\w-]*)/g)].map(([, name = '']) => name)
  return { metric, variables, groups }
}
