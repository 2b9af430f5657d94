// What the suite must see of the Agent's container.

import { agentImageName, appImageName } from '../box/agent-image.ts'
import type { Box } from '../box/box.ts'
import type { Inspection } from '../box/engine.ts'
import { addressesIn } from '../box/subnet.ts'
import type { ContainerExpectation } from './rendered-box.ts'

/** Name of the Agent's container, and of its unit. */
const agentContainer = 'datadog-agent'

/** The mounts of provision/20-agent/container, which test/render compares with its script. */
const mounts: ContainerExpectation['mounts'] = [
  { source: '/etc/datadog-agent', target: '/etc/datadog-agent', writable: true },
  { source: '/opt/datadog-agent/run', target: '/opt/datadog-agent/run', writable: true },
  { source: '/var/log', target: '/var/log', writable: false },
  { source: '/var/log/datadog', target: '/var/log/datadog', writable: true },
  { source: '/run/datadog', target: '/var/run/datadog', writable: true },
  { source: '/proc', target: '/host/proc', writable: false },
  { source: '/sys/fs/cgroup', target: '/host/sys/fs/cgroup', writable: false },
  { source: '/run/podman/podman.sock', target: '/var/run/docker.sock', writable: false },
]

/** `name` and `tag` of an image; the last colon belongs to a port where a slash follows. */
const imageTags = (image: string): string[] => {
  const colon = image.lastIndexOf(':')
  return [`image_name:${image.slice(0, colon)}`, `image_tag:${image.slice(colon + 1)}`]
}

const seenOf = (name: string, image: string): ContainerExpectation['seen'][number] => ({
  name,
  tags: [`container_name:${name}`, ...imageTags(image)],
})

/** Null where the Agent is a package. */
export const containerOf = ({ agent, app }: Box): ContainerExpectation | null => {
  if (agent.run !== 'container') return null
  const image = agentImageName(agent)
  return {
    ...addressesIn(agent.subnet),
    name: agentContainer,
    network: 'boxhound',
    image,
    reference: agent.image ?? '',
    mounts,
    seen: [
      seenOf(agentContainer, image),
      ...(app?.run === 'container' ? [seenOf(app.definition.unit, appImageName(app))] : []),
    ],
  }
}

/** Inspections of a database that admits the Agent's container, in the place of those that judge the same thing. */
export const inspectionsOf = ({ agent, database }: Box): Inspection[] => {
  if (database === null) return []
  const { inspections, container } = database.definition
  if (agent.run !== 'container' || container === undefined) return inspections
  const { gateway, agent: address } = addressesIn(agent.subnet)
  const fill = (text: string): string => text.replaceAll('{gateway}', gateway).replaceAll('{agent}', address)
  const own = container.inspections.map(({ what, command, output }) => ({
    what,
    command: command.map(fill),
    output: fill(output),
  }))
  return [...inspections.filter(({ what }) => !own.some((other) => other.what === what)), ...own]
}
