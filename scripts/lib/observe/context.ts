// What templates can use.

import type { Box } from '../box/box.ts'
import { contextOf } from '../render/context.ts'
import type { Context } from '../render/template.ts'

const envOf = ({ agent, app }: Box): string =>
  agent.tags.find((tag) => tag.startsWith('env:'))?.slice('env:'.length) ?? app?.env ?? '*'

/** Tags that select the hosts of a box: the name of the single host, if set, or else the Agent's tags. */
const scopeTags = ({ observe, agent }: Box): readonly string[] =>
  observe.host === null ? agent.tags : [`host:${observe.host}`]

/**
 * What the files of the account side may name: all that provisioning's templates may, and `observe`:
 * `scope` as in `{scope}` of a query, `over` as in `.over(over)` of a service check, `env`, `hostDefault`, `downtimes`, and `checks`, the names of
 * the box's own checks.
 */
export const observeContext = (box: Box): Context => {
  const tags = scopeTags(box)
  const { host, downtimes } = box.observe
  return {
    ...contextOf(box),
    observe: {
      scope: tags.length === 0 ? '*' : tags.join(','),
      over: tags.length === 0 ? '"*"' : tags.map((tag) => `"${tag}"`).join(','),
      env: envOf(box),
      hostDefault: host ?? '*',
      checks: box.checks.map(({ name }) => name),
      downtimes,
    },
  }
}

/** The same, for a check's file. */
export const observeCheckContext = (box: Box, { name, interval, tags, options }: Box['checks'][number]): Context => ({
  ...observeContext(box),
  check: { name, interval, tags, options },
})
