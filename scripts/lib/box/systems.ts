// Loads provision/systems.yaml, the supported distributions.

import { join } from 'node:path'
import * as z from 'zod'
import type { Project } from '../_helpers/paths.ts'
import type { System } from './box.ts'
import { readSource } from './read.ts'
import { isAddress } from './urls.ts'
import { assertNone, validate } from './validate.ts'

/** Path of the file, relative to the project. */
export const systemsFile = 'provision/systems.yaml'

const word = z.string('text').regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a word of letters, digits and . _ -')

const system = z.strictObject({
  id: word,
  versionId: word,
  python: z.string('a version in quotes').regex(/^3\.\d+$/, 'a version of Python in quotes such as "3.12"'),
  publisher: z
    .strictObject({
      releases: z
        .string('an address')
        .refine((value) => isAddress(value, ['https', 'http']), 'the address of a folder'),
      image: word,
      keyring: z.string('a path').regex(/^(?!\/)(?!.*\.\.)[^\0\n]+$/, 'a path relative to the project'),
      fingerprint: z.string('a fingerprint').regex(/^[0-9A-F]{40}$/, 'a full fingerprint'),
    })
    .optional(),
})

/**
 * The systems that a base image may have, by name.
 *
 * @throws BoxhoundError E_BOX_FILE with positions inside provision/systems.yaml.
 */
export const readSystems = (project: Project): ReadonlyMap<string, System> => {
  const source = readSource(join(project.tool, systemsFile), project)
  const { data, problems } = validate(source, z.record(word, system))
  assertNone(source, problems)
  return new Map(Object.entries(data ?? {}).map(([name, entry]) => [name, { name, ...entry }]))
}
