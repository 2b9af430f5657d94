import * as z from 'zod'
import type { ContainerExpectation } from '../../../scripts/lib/render/rendered-box.ts'
import type { BoxCheck } from '../check.ts'
import { containerOf } from '../container.ts'
import { final, judge, type Verdict } from '../verdict.ts'

const reportSchema = z.object({
  /** Why podman told nothing of the container; empty otherwise. */
  error: z.string(),
  running: z.boolean(),
  health: z.string(),
  image: z.string(),
  digest: z.string(),
  /** Manifest of the image that was baked in, and the reference of the box file. */
  baked: z.object({ digest: z.string(), reference: z.string() }),
  mounts: z.array(z.object({ source: z.string(), target: z.string(), writable: z.boolean() })),
  networks: z.record(z.string(), z.string()),
  /** Whether it has the host's host name. */
  hostName: z.boolean(),
  privileged: z.boolean(),
  user: z.string(),
  /** Restarts counted by systemd. */
  restarts: z.number(),
  /** Names of secrets of this instance that `podman inspect` shows. */
  shown: z.array(z.string()),
})
type Report = z.infer<typeof reportSchema>

type Mount = ContainerExpectation['mounts'][number]

const describe = ({ source, target, writable }: Mount): string =>
  `${source} at ${target}${writable ? '' : ', read-only'}`

const mountProblems = (wanted: readonly Mount[], found: readonly Mount[]): string[] => [
  ...wanted.flatMap((mount) => {
    const other = found.find(({ target }) => target === mount.target)
    if (other === undefined) return [`no mount of ${describe(mount)}`]
    return describe(other) === describe(mount) ? [] : [`mounts ${describe(other)}, not ${describe(mount)}`]
  }),
  ...found
    .filter(({ target }) => !wanted.some((mount) => mount.target === target))
    .map((mount) => `also mounts ${describe(mount)}`),
]

/** The digest that a box file pins, which may be that of an index over several platforms. */
const pinned = (reference: string): string => reference.slice(reference.lastIndexOf('@') + 1)

/** Judges what podman reports of the Agent's container. */
export const judgeContainer = (wanted: ContainerExpectation, report: Report): Verdict => {
  const { name, network, agent, image, reference, mounts } = wanted
  const expected = `${name} runs ${image} of the box file, never restarted, at ${agent} on ${network}, with ${mounts.length} mounts; no key in podman inspect`
  if (report.error !== '') return judge(expected, '', [report.error])
  const address = report.networks[network]
  return judge(expected, `${report.image} ${report.digest}, ${report.health}, at ${address}, no restart`, [
    ...(report.running ? [] : ['it does not run']),
    ...(report.restarts === 0
      ? []
      : [`systemd has restarted it ${report.restarts === 1 ? 'once' : `${report.restarts} times`}`]),
    ...(report.image === image ? [] : [`it runs ${report.image}, not ${image}`]),
    ...(report.digest === report.baked.digest
      ? []
      : [`its image has the digest ${report.digest || '(none)'}, not that of the bake, ${report.baked.digest}`]),
    ...(pinned(report.baked.reference) === pinned(reference)
      ? []
      : [`${report.baked.reference} was baked in, not ${reference}`]),
    ...mountProblems(mounts, report.mounts),
    ...(address === agent ? [] : [`its address on ${network} is ${address ?? 'none'}, not ${agent}`]),
    ...Object.keys(report.networks)
      .filter((other) => other !== network)
      .map((other) => `it is also in the network ${other}`),
    ...(report.hostName ? [] : ['it has a host name of its own, not the host’s']),
    ...(report.privileged ? ['it is privileged'] : []),
    ...(report.user === '0' || report.user.startsWith('0:') ? ['it runs as root'] : []),
    ...report.shown.map((secret) => `podman inspect shows ${secret}`),
  ])
}

export const check: BoxCheck = {
  run: (guest) => {
    const wanted = containerOf(guest)
    return guest.until(async () => {
      const report = reportSchema.parse(await guest.probe('container', { name: wanted.name }))
      const verdict = judgeContainer(wanted, report)
      // Only a container that is just starting changes by itself.
      return report.error === '' && report.running ? final(verdict) : verdict
    }, `the container ${wanted.name}`)
  },
}
