import * as z from 'zod'
import type { BoxCheck } from '../check.ts'
import { judge, list, type Verdict } from '../verdict.ts'

const names = z.array(z.string())
const reportSchema = z.object({
  login: names,
  people: names,
  zero: names,
  passwords: z.record(z.string(), z.string()),
  admins: names,
  sudoers: names,
  /** sudo rule files that only mention Vagrant's user. */
  vagrantRules: names,
  /** Users that cloud-init created on this instance at its cloud's request; they are not part of the image. */
  cloud: names,
  keys: z.record(z.string(), names),
})

const cloudRules = '90-cloud-init-users'

const nobodyElse = (what: string, found: readonly string[], allowed: readonly string[]): string[] => {
  const others = found.filter((name) => !allowed.includes(name))
  return others.length === 0 ? [] : [`${what}: ${list(others)}`]
}

/** The end of the well-known key that every Vagrant box ships with; `vagrant up` replaces it. */
const insecureKey = 'GEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ=='

export interface Allowances {
  /** The caller's public key; undefined for a machine in use, where any key may be legitimate. */
  readonly key?: string | undefined
  /** Whether the image was made for cloud-init. */
  readonly cloud?: boolean
  /** Whether this is a Vagrant machine. */
  readonly vagrant?: boolean
}

const admitted = (report: z.infer<typeof reportSchema>, cloud: boolean, vagrant: boolean): string => {
  const guests = [
    ...(vagrant ? ['vagrant, as Vagrant requires'] : []),
    ...(cloud && report.cloud.length > 0 ? [`${list(report.cloud)}, created by cloud-init on this instance`] : []),
  ]
  return ['root', ...guests].join(' and ')
}

/**
 * Judges who can log in: only root, only by key (fault 24), and in a cloud the user that cloud-init has created. On a
 * Vagrant machine also Vagrant's user, by a key unique to this machine; its password, if its box has one, doesn't work
 * over SSH.
 */
export const judgeUsers = (
  report: z.infer<typeof reportSchema>,
  { key, cloud = false, vagrant = false }: Allowances,
): Verdict => {
  const guests = [...(cloud ? report.cloud : []), ...(vagrant ? ['vagrant'] : [])]
  const allowed = ['root', ...guests]
  const own = [...(cloud && report.cloud.length > 0 ? [cloudRules] : []), ...(vagrant ? report.vagrantRules : [])]
  const rules = report.sudoers.filter((name) => !own.includes(name))
  const keys = Object.entries(report.keys).flatMap(([user, blobs]) => blobs.map((blob) => ({ user, blob })))
  const strange = key === undefined ? [] : keys.filter(({ user, blob }) => !allowed.includes(user) || blob !== key)
  const passwords = Object.entries(report.passwords).filter(([user]) => !(vagrant && user === 'vagrant'))
  const wellKnown = keys.filter(({ blob }) => blob.endsWith(insecureKey))
  return judge(
    vagrant
      ? 'root and vagrant can log in, with keys unique to this machine; no sudo rule except Vagrant’s'
      : 'only root can log in, with the caller’s key and without a password; no sudo rule',
    `${admitted(report, cloud, vagrant)}; ${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`,
    [
      ...nobodyElse('can log in', report.login, allowed),
      ...nobodyElse('ordinary users', report.people, allowed),
      ...nobodyElse('users with uid 0', report.zero, ['root']),
      ...nobodyElse('members of an administrators group', report.admins, allowed),
      ...passwords.map(([user, trouble]) => `${user} ${trouble}`),
      ...wellKnown.map(({ user }) => `Vagrant’s well-known insecure key lets anyone log in as ${user}`),
      ...rules.map((name) => `unexpected sudo rule: /etc/sudoers.d/${name}`),
      ...strange.map(({ user, blob }) => `an unknown key can log in as ${user}: …${blob.slice(-12)}`),
    ],
  )
}

export const check: BoxCheck = {
  run: async (guest) => {
    const { fresh, expectations, vagrant } = guest.context
    const report = reportSchema.parse(await guest.probe('users'))
    const key = fresh ? guest.publicKey : undefined
    return judgeUsers(report, { key, cloud: expectations.seed === 'nocloud', vagrant })
  },
}
