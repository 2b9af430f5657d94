import type { Survey } from '../../scripts/lib/proof/evidence.ts'
import { entryOf, linesIn, linesOf, type Rule } from '../../scripts/lib/proof/rule.ts'
import type { DatabaseExpectation } from '../../scripts/lib/render/rendered-box.ts'

/** Fault 45: what two clones would share, inside files that belong in the image. */
export const identityRules: readonly Rule[] = [
  {
    fault: 45,
    title: '/etc/machine-id exists and is empty',
    problems: (survey) => {
      const [, type, , , , size] = entryOf(survey, '/etc/machine-id') ?? []
      return type === 'f' && size === 0 ? [] : [`type ${type ?? 'absent'}, ${size ?? 0} bytes`]
    },
  },
  {
    fault: 45,
    title: '/var/lib/dbus/machine-id is absent or links to /etc/machine-id',
    problems: (survey) => {
      const entry = entryOf(survey, '/var/lib/dbus/machine-id')
      return entry === undefined || entry[6] === '/etc/machine-id' ? [] : [`type ${entry[1]}, links to "${entry[6]}"`]
    },
  },
  {
    fault: 45,
    title: 'the host name is the neutral one that first boot replaces',
    problems: (survey) => linesOf(survey, '/etc/hostname').filter((line) => line !== 'boxhound'),
  },
  {
    fault: 45,
    title: '/etc/hosts names only localhost',
    problems: (survey) =>
      linesOf(survey, '/etc/hosts').filter((line) => !/^(127\.0\.0\.1|::1|f[ef]0\d::\d)\s/.test(line)),
  },
  {
    fault: 45,
    title: 'the Agent has no API key',
    problems: (survey) =>
      linesIn(survey, /^\/etc\/datadog-agent\/.*(?<!\.example)$/)
        .filter(({ line }) => /^(dd_)?(api|app|application)_key\s*[:=]\s*\S/i.test(line))
        .map(({ path }) => path),
  },
  {
    fault: 45,
    title: 'the Agent has no configured host name, under which all clones would report as one host',
    problems: (survey) =>
      linesOf(survey, '/etc/datadog-agent/datadog.yaml').filter((line) => /^hostname(_file)?:/.test(line)),
  },
]

/** Rules from the engine's folder about files that belong in its image: `lines` and `tables` of its database.yaml. */
export const databaseRules = (database: DatabaseExpectation | null): readonly Rule[] => [
  ...(database?.lines ?? []).map(({ path, pattern, title }) => ({
    fault: 45,
    title: `${path} ${title}`,
    problems: (survey: Survey) => linesOf(survey, path).filter((line) => new RegExp(pattern, 'u').test(line)),
  })),
  ...((database?.tables ?? []).length === 0
    ? []
    : [
        {
          fault: 45,
          title: 'the database has no account for the Agent yet',
          problems: ({ accounts }: Survey) => accounts,
        },
      ]),
]
