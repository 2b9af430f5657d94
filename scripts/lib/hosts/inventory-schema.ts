// Shape of an inventory of hosts.

import * as z from 'zod'
import { isFingerprint } from '../_helpers/host-key.ts'
import { isTag } from '../box/tags.ts'

const port = z.int('a port from 1 to 65535').min(1, 'a port from 1 to 65535').max(65535, 'a port from 1 to 65535')
const user = z.string().regex(/^[A-Za-z_][\w.@\\-]{0,63}$/, 'a user name')
const key = z.string().min(1, 'a path').max(4096, 'a path')
const tags = z.array(z.string().refine(isTag, 'a tag such as env:prod'))
const name = z.string().regex(/^[^\s\p{C}]{1,253}$/u, 'a name without spaces')

const defaults = {
  port: port.optional(),
  user: user.optional(),
  /** Relative to the inventory. */
  key: key.optional(),
  tags: tags.optional(),
}

const host = z.union([
  name,
  z.strictObject({
    host: name,
    name: name.optional(),
    hostKey: z
      .string()
      .refine(isFingerprint, 'a fingerprint such as SHA256:…, 43 characters after the colon')
      .optional(),
    ...defaults,
  }),
])

const hosts = z.array(host).min(1, 'at least one host')

/** Hosts, alone or in groups; what a group or the whole file says holds for each of its hosts that says nothing else. */
export const inventorySchema = z.strictObject({
  ...defaults,
  hosts: hosts.optional(),
  groups: z.record(name, z.strictObject({ ...defaults, hosts })).optional(),
})

export type Inventory = z.infer<typeof inventorySchema>
export type InventoryHost = z.infer<typeof host>
/** What applies to hosts that don't say otherwise. */
export type Defaults = Omit<z.infer<z.ZodObject<typeof defaults>>, never>
