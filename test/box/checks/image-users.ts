import { readFile } from 'node:fs/promises'
import ssh2 from 'ssh2'
import { z } from 'zod'
import { BoxhoundError } from '../../../scripts/lib/_helpers/errors.ts'
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
  /** Made by cloud-init on this instance, as its cloud asked for: no part of the image. */
  cloud: names,
  keys: z.record(z.string(), names),
})

const cloudRules = '90-cloud-init-users'

/** The base64 of the caller's public key, as authorized_keys has it. */
const publicKey = async (file: string): Promise<string> => {
  const parsed = ssh2.utils.parseKey(await readFile(file))
  if (parsed instanceof Error)
    throw new BoxhoundError('E_SSH_KEY', 'the private key cannot be parsed', { file, cause: parsed })
  return parsed.getPublicSSH().toString('base64')
}

const nobodyElse = (what: string, found: readonly string[], allowed: readonly string[]): string[] => {
  const others = found.filter((name) => !allowed.includes(name))
  return others.length === 0 ? [] : [`${what}: ${list(others)}`]
}

/**
 * Judges who may enter: root alone, by key alone (fault 24), and on a cloud the user that cloud-init has made there.
 *
 * @param key the caller's public key; undefined for a machine in use, whose keys are its owner's business.
 * @param cloud whether the image was made for cloud-init.
 */
export const judgeUsers = (report: z.infer<typeof reportSchema>, key: string | undefined, cloud = false): Verdict => {
  const guests = cloud ? report.cloud : []
  const allowed = ['root', ...guests]
  const rules = report.sudoers.filter((name) => guests.length === 0 || name !== cloudRules)
  const keys = Object.entries(report.keys).flatMap(([user, blobs]) => blobs.map((blob) => ({ user, blob })))
  const strange = key === undefined ? [] : keys.filter(({ user, blob }) => !allowed.includes(user) || blob !== key)
  return judge(
    'only root can log in, by the caller’s key, without a password; no sudo rule',
    guests.length === 0
      ? `root, ${keys.length} key`
      : `root and ${list(guests)}, made by cloud-init on this instance; ${keys.length} keys`,
    [
      ...nobodyElse('can log in', report.login, allowed),
      ...nobodyElse('ordinary users', report.people, allowed),
      ...nobodyElse('users with root’s number', report.zero, ['root']),
      ...nobodyElse('members of an administrators’ group', report.admins, allowed),
      ...Object.entries(report.passwords).map(([user, trouble]) => `${user} ${trouble}`),
      ...rules.map((name) => `/etc/sudoers.d/${name}`),
      ...strange.map(({ user, blob }) => `a key of somebody else opens ${user}: …${blob.slice(-12)}`),
    ],
  )
}

export const check: BoxCheck = {
  id: 'image.users',
  title: 'Nobody but root can log in, and only with the caller’s key',
  run: async (guest) => {
    const { fresh, target, expectations } = guest.context
    const report = reportSchema.parse(await guest.probe('users'))
    return judgeUsers(report, fresh ? await publicKey(target.key) : undefined, expectations.seed === 'nocloud')
  },
}
