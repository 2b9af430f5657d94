// The Agent's container: agent.run, agent.image, agent.subnet of a box file.

import * as z from 'zod'
import { isLabVersion } from './apt-repository.ts'
import { imageExpectation } from './image-reference.ts'
import { containerImage } from './schema-container-image.ts'
import { subnetExpectation, subnetProblem } from './subnet.ts'

/** How the Agent can run. */
export const agentRuns = ['package', 'container'] as const
export type AgentRun = (typeof agentRuns)[number]

const subnet = z.string(subnetExpectation).superRefine((value, context) => {
  const problem = subnetProblem(value)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: subnetExpectation, params: { next: problem } })
})

/** The keys of `agent` that belong to its container. */
export const agentContainer = {
  run: z
    .enum(agentRuns, 'package or container')
    .default('package')
    .meta({ description: 'From a package on the host, or in a container', examples: ['container'] }),
  image: containerImage.optional().meta({
    description: "Image of the Agent's container, pinned by digest; lab: the lab's own",
    examples: [`registry.datadoghq.com/agent@sha256:${'0'.repeat(64)}`, 'lab'],
  }),
  subnet: subnet.optional().meta({
    description: 'IPv4 subnet of the bridge between the host and its containers; default 10.94.0.0/24',
    examples: ['172.30.5.0/28'],
  }),
}

interface Given {
  readonly version: string
  readonly run: AgentRun
  readonly image?: string | undefined
  readonly subnet?: string | undefined
  readonly repository?: unknown
  readonly secrets?: unknown
  readonly flavor?: unknown
  readonly systemProbe?: unknown
  readonly security?: unknown
}

/** One contradiction between keys of `agent`: where, what was expected, what to do. */
export interface AgentContradiction {
  readonly path: string[]
  readonly message: string
  readonly next: string
}

const inPackage = ({ image, subnet }: Given): AgentContradiction[] =>
  Object.entries({ image, subnet }).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ path: [key], message: `no ${key}, or run: container`, next: `remove ${key}, or add run: container` }],
  )

const inContainer = ({ version, image, repository, secrets, flavor, ...others }: Given): AgentContradiction[] => {
  if (image === undefined)
    return [
      {
        path: ['image'],
        message: `the image that run: container starts: ${imageExpectation}; or lab`,
        next: isLabVersion(version) ? 'add image: lab' : 'add image with the digest of the image to run',
      },
    ]
  const problems: AgentContradiction[] = []
  if (repository !== undefined)
    problems.push({
      path: ['repository'],
      message: 'no repository: the image holds the Agent',
      next: 'remove repository, or write run: package',
    })
  if (flavor === 'fips')
    problems.push({
      path: ['flavor'],
      message: 'no flavor: the image decides it',
      next: 'remove flavor, and name an image of that flavor',
    })
  for (const key of ['systemProbe', 'security'] as const)
    if (others[key] !== undefined)
      problems.push({
        path: [key],
        message: `no ${key}: it needs rights that this container does not have`,
        next: `remove ${key}, or write run: package`,
      })
  if (secrets !== undefined)
    problems.push({
      path: ['secrets'],
      message: 'no secrets: the container sees neither the host’s programs nor its files',
      next: 'remove secrets and pass the key at first boot, or write run: package',
    })
  if ((image === 'lab') !== isLabVersion(version))
    problems.push({
      path: ['version'],
      message:
        image === 'lab' ? "the lab Agent's version, which ends in +lab" : 'a version without +lab, or image: lab',
      next: image === 'lab' ? `write ${version}+lab` : 'name the version that the image holds',
    })
  return problems
}

/** Keys of `agent` that don't go with how it runs. */
export const containerContradictions = (agent: Given): AgentContradiction[] =>
  agent.run === 'container' ? inContainer(agent) : inPackage(agent)
