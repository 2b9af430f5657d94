// System users and groups of a layer.yaml.

import * as z from 'zod'

const nameExpected = 'the name of an account: lower-case letters, digits, _ and -, at most 32 characters'
const name = z.string(nameExpected).regex(/^[a-z_][a-z0-9_-]{0,31}$/, nameExpected)

const idExpected = 'a whole number from 100 to 999: lower ones belong to the distribution, higher ones to people'
const id = z.int(idExpected).min(100, idExpected).max(999, idExpected)

const homeExpected = 'an absolute path without .., outside of /home and /root'
const home = z
  .string(homeExpected)
  .regex(/^\/(?!(?:home|root)(?:\/|$))(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0\n\t:]+$/, homeExpected)

/** Groups whose members can become root, or read its secrets. */
const privileged = ['root', 'sudo', 'admin', 'wheel', 'shadow', 'disk', 'docker', 'lxd']

const memberOf = name.refine((group) => !privileged.includes(group), {
  error: 'a group that does not make its members root',
  params: { next: 'remove it; give the service what it needs by the owner and mode of its files' },
})

const noLogin = ['/usr/sbin/nologin', '/bin/false'] as const

const user = z.strictObject({
  name: memberOf,
  uid: id.optional(),
  group: memberOf.optional(),
  groups: z.array(memberOf, 'a list of groups').optional(),
  home: home.optional(),
  shell: z.enum(noLogin, { error: `${noLogin.join(' or ')}: only root has a shell in an image` }).optional(),
  password: z
    .unknown()
    .refine((value) => value === undefined, {
      error: 'no password: every copy of the image would have it',
      params: { hidden: true, next: 'remove it' },
    })
    .optional(),
})

const group = z.strictObject({
  name: memberOf,
  gid: id.optional(),
  members: z.array(name, 'a list of accounts').optional(),
})

/** The keys of a layer.yaml about accounts. */
export const accountKeys = {
  users: z.array(user, 'a list of maps with name, and optionally uid, group, groups and home').nullish(),
  groups: z.array(group, 'a list of maps with name, and optionally gid and members').nullish(),
  accounts: z.array(name, 'a list of accounts that the packages create').nullish(),
}

/** A system user without password and shell. */
export type SystemUser = Omit<z.infer<typeof user>, 'password'>
export type SystemGroup = z.infer<typeof group>

export interface Accounts {
  readonly users?: readonly SystemUser[] | undefined
  readonly groups?: readonly SystemGroup[] | undefined
  readonly accounts?: readonly string[] | undefined
}

/** Who is a member of which group by a layer, besides an account's own group. */
export const membersOf = ({ users = [], groups = [] }: Accounts): Readonly<Record<string, readonly string[]>> => {
  const pairs = [
    ...users.flatMap(({ name: member, groups: all = [] }) => all.map((one) => [one, member] as const)),
    ...groups.flatMap(({ name: one, members = [] }) => members.map((member) => [one, member] as const)),
  ]
  const names = [...new Set(pairs.map(([one]) => one))].sort()
  return Object.fromEntries(
    names.map((one) => [one, [...new Set(pairs.filter(([of]) => of === one).map(([, member]) => member))]]),
  )
}

/** Accounts of the image that a layer is the reason for. */
export const namesOf = ({ users = [], accounts = [] }: Accounts): string[] => [
  ...users.map(({ name: one }) => one),
  ...accounts,
]

/**
 * Rows for the engine, in the order in which they are created: `group NAME GID`, `user NAME UID GROUP HOME SHELL`, `member NAME GROUP`;
 * `-` for what is left to the system.
 */
export const accountRows = (spec: Accounts): string[][] => {
  const { users = [], groups = [] } = spec
  const own = users.filter(
    ({ name: one, group: of = one }) => of === one && !groups.some((other) => other.name === one),
  )
  return [
    ...groups.map(({ name: one, gid }) => ['group', one, String(gid ?? '-')]),
    ...own.map(({ name: one, uid }) => ['group', one, String(uid ?? '-')]),
    ...users.map(({ name: one, uid, group: of = one, home: at, shell = noLogin[0] }) => [
      'user',
      one,
      String(uid ?? '-'),
      of,
      at ?? '-',
      shell,
    ]),
    ...Object.entries(membersOf(spec)).flatMap(([of, members]) => members.map((one) => ['member', one, of])),
  ]
}
