import type { ContainerExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import type { CommandResult } from '../../../scripts/lib/verify/command.ts'
import { runWithAgent } from '../agent.ts'
import type { BoxCheck } from '../check.ts'
import { metricsOf } from '../check-verdict.ts'
import { containerOf } from '../container.ts'
import { judge, missing, type Verdict } from '../verdict.ts'

/** The Agent's own check of containers, and the metric that it sends for each of them. */
const name = 'container'
const metric = 'container.uptime'

/** Judges that the Agent reports each container, under its tags. */
export const judgeSeen = (seen: ContainerExpectation['seen'], result: Omit<CommandResult, 'seconds'>): Verdict => {
  const expected = `${metric} of ${seen.map((one) => one.name).join(', ')} with their tags`
  const metrics = metricsOf(result)
  if (typeof metrics === 'string') return judge(expected, '', [metrics])
  const uptimes = metrics.filter((one) => one.metric === metric).map(({ tags }) => tags ?? [])
  const names = uptimes.flatMap((tags) => tags.filter((tag) => tag.startsWith('container_name:')))
  const problems = seen.flatMap((one) => {
    const own = uptimes.find((tags) => tags.includes(`container_name:${one.name}`))
    if (own === undefined) return [`no ${metric} of ${one.name}; reported: ${names.join(', ') || 'none'}`]
    return missing(one.tags, own).map((tag) => `${one.name} lacks the tag ${tag}; it has ${own.join(', ')}`)
  })
  return judge(expected, names.join(', '), problems)
}

export const check: BoxCheck = {
  run: (guest) => {
    const { seen } = containerOf(guest)
    const command = ['datadog-agent', 'check', name, '--json']
    return guest.until(
      async () => judgeSeen(seen, await runWithAgent(guest, command, command.join(' '))),
      'the containers of the box',
    )
  },
}
