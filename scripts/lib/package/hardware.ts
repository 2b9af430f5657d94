// Default hardware of a Vagrant machine.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Project } from '../_helpers/paths.ts'

const positive = z.number().int().positive()
const schema = z.strictObject({ memoryMiB: positive, cpus: positive, bootTimeout: positive })

/** Default hardware for a Vagrant box's machine; `bootTimeout` is in seconds. */
export type Hardware = z.infer<typeof schema>

/** packer/vagrant/hardware.yaml. */
export const readHardware = async ({ tool }: Project): Promise<Hardware> =>
  schema.parse(parse(await readFile(join(tool, 'packer/vagrant/hardware.yaml'), 'utf8')))
