import { isSettings, type Setting, type Settings } from '../../scripts/lib/box/agent.ts'

/** The Agent keeps its settings by lower-case names. */
const lowered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowered)
  if (!isSettings(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toLowerCase(), lowered(item)]))
}

/** ENC[handle] is resolved, and what comes of it is scrubbed, as is whatever the Agent takes for a secret. */
const isScrubbed = (value: unknown): boolean => typeof value === 'string' && /\*{4}/.test(value)

const isHandle = (value: Setting): boolean => typeof value === 'string' && value.startsWith('ENC[')

const unitOf: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 }

/** Nanoseconds of `90s`, `1m30s` or `500ms`, as the Agent may hold a duration; undefined for other text. */
const nanoseconds = (text: string): number | undefined =>
  /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)
    ? [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
        (sum, [, count, unit = '']) => sum + Number(count) * (unitOf[unit] ?? Number.NaN),
        0,
      )
    : undefined

/** Numbers and text of the same value are the same setting, and so are two ways to write a duration. */
const isSame = (wanted: string | number | boolean, found: unknown): boolean => {
  if (typeof found === 'object' && found !== null) {
    const words = String(wanted).split(/\s+/)
    return (
      Array.isArray(found) && found.length === words.length && words.every((word, at) => word === String(found[at]))
    )
  }
  if (String(wanted) === String(found)) return true
  if (wanted !== '' && !Number.isNaN(Number(wanted)) && Number(wanted) === Number(found))
    return typeof wanted !== 'boolean'
  const duration = nanoseconds(String(wanted))
  return duration !== undefined && (duration === found || duration === nanoseconds(String(found)))
}

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value))

/**
 * Settings that the running Agent doesn't have, each with what it has instead; empty if it has them all.
 *
 * @param found what the Agent reports, which includes its defaults.
 */
export const differences = (wanted: Settings, found: unknown, path = ''): string[] => {
  const reported = lowered(found)
  return Object.entries(wanted).flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`
    const own = isSettings(reported) ? reported[name.toLowerCase()] : undefined
    return differenceOf(value, own, at)
  })
}

const differenceOf = (wanted: Setting, found: unknown, at: string): string[] => {
  const problem = [`${at} is ${shown(found)}, not ${shown(wanted)}`]
  if (isScrubbed(found)) return []
  if (isHandle(wanted)) return found === undefined ? problem : [`${at} was not resolved: the Agent has ${shown(found)}`]
  if (isSettings(wanted)) {
    // An empty section leaves no trace where the Agent lists what is set.
    if (Object.keys(wanted).length === 0)
      return found === undefined || found === null || isSettings(found) ? [] : problem
    return isSettings(found) ? differences(wanted, found, at) : problem
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found)) return wanted.length === 0 && (found === undefined || found === null) ? [] : problem
    if (found.length !== wanted.length) return problem
    return wanted.flatMap((item, index) => differenceOf(item, found[index], `${at}[${index}]`))
  }
  return isSame(wanted as string | number | boolean, found) ? [] : problem
}
