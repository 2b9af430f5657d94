// Parses and merges layer.yaml.

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as z from 'zod'
import { type Project, rootOf } from '../_helpers/paths.ts'
import { assertionsOf } from '../box/expect.ts'
import type { Assertion } from '../box/expected.ts'
import { parseSource } from '../box/read.ts'
import { aptRepository } from '../box/schema.ts'
import { expect } from '../box/schema-expect.ts'
import { foundAt, valueOffset } from '../box/source.ts'
import { assertNone, pathName, validate } from '../box/validate.ts'
import { accountKeys } from './layer-accounts.ts'
import { containerImage, imageSets } from './layer-images.ts'
import type { LayerSpec } from './rendered-box.ts'
import type { Place } from './tree.ts'

const text = (pattern: RegExp, expected: string) => z.string(expected).regex(pattern, expected)
// Fault 19: apt, systemctl and chown must not read anything in these lists as an option.
const packageName = text(
  /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:=[A-Za-z0-9.+:~-]+|\/[a-z-]+)?$/,
  'a package such as curl, curl=8.0-1 or curl/unstable',
)
const unitName = text(/^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*$/, 'the name of a systemd unit')
const account = text(/^[a-z_][a-z0-9_-]*$/, 'the name of an account')
const guestPath = text(/^\/?(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\n]+$/, 'a path in the guest without ..')
const projectPath = text(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\0\n]+$/, 'a path relative to the folder or the project')
const list = <T extends z.ZodType>(item: T) => z.array(item, 'a list').nullish()

const mirror = z.enum(['agent', 'database'], 'agent or database').optional()

const repository = z.union(
  [
    aptRepository.extend({ keyring: guestPath, mirror, lab: z.literal(false, 'false').default(false) }),
    // Its key is generated on the machine that bakes.
    aptRepository.extend({ keyring: guestPath, mirror, lab: projectPath, keys: z.array(z.never()).max(0) }),
  ],
  'a map with url, suite, components, keys, keyUrls and keyring',
)

const layerFile = z
  .strictObject({
    packages: list(packageName),
    suites: list(text(/^[a-z][a-z0-9-]*$/, 'a suite such as unstable')),
    repositories: list(repository),
    early: list(guestPath),
    hold: list(packageName),
    owners: list(
      z.strictObject({
        path: guestPath,
        owner: account,
        group: account,
        mode: text(/^[0-7]{3,4}$/, 'an octal mode in quotes such as "0640"')
          .transform((mode) => mode.padStart(4, '0'))
          .optional(),
        recursive: z.boolean('true or false').optional(),
      }),
    ),
    units: z.strictObject({ enable: list(unitName), disable: list(unitName), mask: list(unitName) }).nullish(),
    wheels: list(
      z.strictObject({
        name: text(/^[a-z][a-z0-9_-]*$/, 'a name of lower-case letters'),
        requirements: projectPath,
        python: text(/^3\.\d+$/, 'a version of Python in quotes such as "3.13"'),
      }),
    ),
    images: list(containerImage(projectPath)),
    inputs: list(projectPath),
    ...accountKeys,
    expect,
  })
  .nullable()

type LayerFile = NonNullable<z.infer<typeof layerFile>>

const imagesOf = (images: NonNullable<LayerSpec['images']>): Pick<LayerSpec, 'images'> =>
  images.length > 0 ? { images } : {}

const spec = (file: LayerFile): LayerSpec => ({
  packages: file.packages ?? [],
  suites: file.suites ?? [],
  repositories: (file.repositories ?? []).map(({ mirror, ...one }) => ({
    ...one,
    ...(mirror === undefined ? {} : { mirror }),
  })),
  early: file.early ?? [],
  hold: file.hold ?? [],
  owners: (file.owners ?? []).map(({ mode, recursive, ...owner }) => ({
    ...owner,
    ...(mode === undefined ? {} : { mode }),
    ...(recursive === undefined ? {} : { recursive }),
  })),
  units: { enable: file.units?.enable ?? [], disable: file.units?.disable ?? [], mask: file.units?.mask ?? [] },
  wheels: file.wheels ?? [],
  ...imagesOf(imageSets(file.images ?? [])),
  inputs: file.inputs ?? [],
  ...accountsOf(file),
})

/** Left out where a layer has none, so that its id stays what it was. */
const accountsOf = ({ users, groups, accounts }: LayerFile): Pick<LayerSpec, 'users' | 'groups' | 'accounts'> => ({
  ...(users == null || users.length === 0 ? {} : { users }),
  ...(groups == null || groups.length === 0 ? {} : { groups }),
  ...(accounts == null || accounts.length === 0 ? {} : { accounts }),
})

/** Every key of a layer.yaml. */
export const layerKeys: readonly string[] = Object.keys(layerFile.unwrap().shape)

export const emptySpec: LayerSpec = spec({})

/**
 * Resolves a path in a layer.yaml: first in its own folder, then in the root that the folder belongs to, then in the other. The result is
 * relative to the user's root.
 */
const resolvePath = (path: string, folder: Place, { tool, root }: Project): string | undefined => {
  const roots = rootOf(folder.file, { tool, root }) === tool ? [tool, root] : [root, tool]
  const found = [folder.file, ...roots].map((one) => join(one, path)).find((candidate) => existsSync(candidate))
  return found === undefined ? undefined : relative(root, found)
}

/** What a layer.yaml says: what is applied, and what is expected of a machine, which leaves the layer's id alone. */
export interface LayerFileContent {
  readonly spec: LayerSpec
  readonly expect: readonly Assertion[]
}

/** Only what is applied. */
export const parseLayerSpec = (...given: Parameters<typeof parseLayerFile>): LayerSpec => parseLayerFile(...given).spec

/**
 * Parses the rendered text of a layer.yaml.
 *
 * @param file how errors name it.
 * @param folder of the layer.
 * @throws BoxhoundError E_BOX_FILE with positions, also for a missing file listed in wheels or inputs.
 */
export const parseLayerFile = (content: string, file: string, folder: Place, project: Project): LayerFileContent => {
  const source = parseSource(content, file)
  const resolved = (name: string) => resolvePath(name, folder, project)
  const { data, problems } = validate(source, layerFile)
  assertNone(source, problems)
  const parsed = spec(data ?? {})
  const { images = [] } = parsed
  const absent = (path: (string | number)[], what: string) => ({
    offset: valueOffset(source, path),
    message: `${pathName(path)} does not exist`,
    expected: what,
    found: foundAt(source, path),
    next: `create it, or give its path relative to ${folder.source} or to the project`,
  })
  assertNone(source, [
    ...parsed.wheels.flatMap(({ requirements }, index) =>
      resolved(requirements) === undefined
        ? [absent(['wheels', index, 'requirements'], 'a requirements file with hashes')]
        : [],
    ),
    ...images.flatMap((set, index) =>
      'lab' in set && !existsSync(join(project.tool, set.lab, 'image.json'))
        ? [absent(['images', index, 'lab'], 'a folder of boxhound with image.json, such as lab/images/agent')]
        : [],
    ),
    ...parsed.inputs.flatMap((input, index) =>
      resolved(input) === undefined ? [absent(['inputs', index], 'a file or folder')] : [],
    ),
  ])
  return {
    spec: {
      ...parsed,
      wheels: parsed.wheels.map((set) => ({ ...set, requirements: resolved(set.requirements) ?? set.requirements })),
      inputs: parsed.inputs.map((input) => resolved(input) ?? input),
    },
    expect: data?.expect == null ? [] : assertionsOf(data.expect),
  }
}

const unique = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]

/** Merges the specs of one layer's folders: lists joined in order, without duplicates. */
export const mergeSpecs = (specs: readonly LayerSpec[]): LayerSpec => ({
  packages: unique(specs.flatMap(({ packages }) => packages)),
  suites: unique(specs.flatMap(({ suites }) => suites)),
  repositories: unique(specs.flatMap(({ repositories }) => repositories)),
  early: unique(specs.flatMap(({ early }) => early)),
  hold: unique(specs.flatMap(({ hold }) => hold)),
  owners: unique(specs.flatMap(({ owners }) => owners)),
  units: {
    enable: unique(specs.flatMap(({ units }) => units.enable)),
    disable: unique(specs.flatMap(({ units }) => units.disable)),
    mask: unique(specs.flatMap(({ units }) => units.mask)),
  },
  wheels: unique(specs.flatMap(({ wheels }) => wheels)),
  ...imagesOf(unique(specs.flatMap(({ images = [] }) => images))),
  inputs: unique(specs.flatMap(({ inputs }) => inputs)),
  ...accountsOf({
    users: unique(specs.flatMap(({ users = [] }) => users)),
    groups: unique(specs.flatMap(({ groups = [] }) => groups)),
    accounts: unique(specs.flatMap(({ accounts = [] }) => accounts)),
  }),
})
