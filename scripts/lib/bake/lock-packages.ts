// Locks the Python packages of checks: requirements.in to requirements.txt.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryName, writeAtomic } from '../_helpers/atomic.ts'
import { outcomeOf } from '../_helpers/child.ts'
import { withCleanup, withoutInterruption } from '../_helpers/cleanup.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { killSandboxes } from '../_helpers/sandbox.ts'
import { decodeUtf8 } from '../_helpers/utf8.ts'
import type { Box, Check } from '../box/box.ts'
import { sourceOf } from '../box/folders.ts'
import { problemsError } from '../box/problems.ts'
import { parseWishes } from '../box/requirements.ts'
import { agentPackages, agentPython } from '../render/agent-python.ts'
import { lockedList, wishLine, wishList } from '../render/packages.ts'
import { type InputFolders, run } from './host-step.ts'
import { type Resolved, readReport, resolutionError } from './lock-report.ts'
import { bakeNetwork } from './mirrors.ts'
import { writeNetworkFolder } from './network-folder.ts'
import { pipTarget } from './wheels.ts'

/** What locking one check has given. */
export interface LockedCheck {
  readonly check: string
  /** As errors name it. */
  readonly file: string
  readonly changed: boolean
  readonly packages: readonly { readonly name: string; readonly version: string }[]
  /** Packages that the check needs and the Agent brings. */
  readonly agent: readonly { readonly name: string; readonly version: string }[]
}

/** Pythons of the supported Agents. Their wheels are allowed too, so that a list serves boxes with either. */
const agentPythons = ['3.12', '3.13']

/** This machine's, for the check's tests. */
const ownPython = async (): Promise<string> => {
  const program = 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")'
  return String((await outcomeOf('python3', ['-c', program], {})).stdout).trim()
}

interface Resolution {
  readonly python: string
  /** Names pip's files in the work folder. */
  readonly name: string
  readonly options: readonly string[]
}

/** What pip would install for another Python, without installing it. */
const resolve = async (
  { python, name, options }: Resolution,
  work: string,
  folders: InputFolders,
  project: Project,
): Promise<Resolved[]> => {
  const report = join(work, `${name}-${python}.json`)
  const command = [
    'python3',
    '-m',
    'pip',
    'install',
    '--dry-run',
    '--ignore-installed',
    '--no-color',
    '--progress-bar',
    'off',
  ]
  await run(
    [...command, '--target', join(work, 'none'), '--report', report, ...pipTarget(python), ...options],
    join(folders.logs, `lock-${name}-${python}.log`),
    project.tool,
    folders,
  )
  return readReport(await readFile(report, 'utf8'))
}

const listed = (all: readonly { readonly name: string; readonly version: string }[]): string =>
  all.map(({ name, version }) => `${name} ${version}`).join(', ')

/** The text of a locked list. */
export const lockedText = (
  { agent }: Pick<Box, 'agent'>,
  python: string,
  wishes: Buffer,
  packages: readonly (Omit<Resolved, 'hash'> & { readonly hashes: readonly string[] })[],
  own: readonly Omit<Resolved, 'hash'>[],
): string =>
  [
    `# Locked by npm run lock for Agent ${agent.version} and Python ${python}. Do not edit: change ${wishList} and lock again.`,
    wishLine(wishes),
    ...(own.length === 0 ? [] : [`# Of the Agent's own packages it needs: ${listed(own)}`]),
    ...packages.map(({ name, version, hashes }) =>
      [`${name}==${version}`, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' \\\n    '),
    ),
    '',
  ].join('\n')

const lockCheck = async (
  { name, folder }: Check,
  box: Box,
  work: string,
  folders: InputFolders,
  project: Project,
): Promise<LockedCheck> => {
  const source = sourceOf(folder, project)
  const wishes = await readFile(join(folder, wishList))
  const { problems } = parseWishes(decodeUtf8(wishes, `${source}/${wishList}`))
  if (problems.length > 0) throw problemsError(`${source}/${wishList}`, wishes.toString('utf8'), problems, 'E_PACKAGES')
  const python = agentPython(box)
  const own = agentPackages(box, project)
  const [wished, constraints, pins] = ['wishes', 'constraints', 'pins'].map((file) =>
    join(work, `${name}.${file}`),
  ) as [string, string, string]
  await writeFile(wished, wishes)
  await writeFile(constraints, [...own].map(([one, version]) => `${one}==${version}\n`).join(''))
  const options = ['--constraint', constraints, '--requirement', wished]
  const found = await resolve({ python, name, options }, work, folders, project).catch(async (error: unknown) => {
    const output = await readFile(join(folders.logs, `lock-${name}-${python}.log`), 'utf8').catch(() => '')
    throw (
      resolutionError(output, { file: `${source}/${wishList}`, text: wishes.toString('utf8') }, python, own) ?? error
    )
  })
  const packages = found.filter((one) => !own.has(one.name))
  await writeFile(pins, packages.map((one) => `${one.name}==${one.version}\n`).join(''))
  const others = new Set([...agentPythons, await ownPython()].filter((one) => one !== python))
  const more = await Promise.all(
    packages.length === 0
      ? []
      : [...others].map((other) =>
          resolve({ python: other, name, options: ['--no-deps', '--requirement', pins] }, work, folders, project).catch(
            () => [],
          ),
        ),
  )
  const hashesOf = (one: Resolved): string[] =>
    [...new Set([one, ...more.flat().filter((other) => other.name === one.name)].map(({ hash }) => hash))].sort()
  const agent = found.filter((one) => own.has(one.name)).map((one) => ({ name: one.name, version: one.version }))
  const text = lockedText(
    box,
    python,
    wishes,
    packages.map((one) => ({ ...one, hashes: hashesOf(one) })),
    agent,
  )
  const file = join(folder, lockedList)
  const before = await readFile(file, 'utf8').catch(() => undefined)
  if (before !== text) await withoutInterruption(() => writeAtomic(file, text))
  return {
    check: name,
    file: `${source}/${lockedList}`,
    changed: before !== text,
    packages: packages.map((one) => ({ name: one.name, version: one.version })),
    agent,
  }
}

/**
 * Locks the packages of checks for the Agent of a box: exact versions, with the SHA-256 of each wheel that fits an Agent's Python or this
 * machine's. The Agent's own packages are constraints, and are left out.
 *
 * @throws BoxhoundError E_PACKAGES for a requirements.in that can't be read, E_LOCK when nothing satisfies it, E_INPUT when pip fails otherwise.
 */
export const lockChecks = async (checks: readonly Check[], box: Box, project: Project): Promise<LockedCheck[]> => {
  const network = await bakeNetwork(box)
  const work = temporaryName(join(project.cache, 'work', 'lock'))
  const folders = {
    network,
    networkFolder: join(work, 'network'),
    logs: join(work, 'logs'),
    scratch: join(work, 'scratch'),
  }
  return withCleanup(
    async () => {
      await killSandboxes()
      await rm(work, { recursive: true, force: true, maxRetries: 10 })
    },
    async () => {
      await withoutInterruption(async () => {
        await mkdir(folders.logs, { recursive: true })
        await writeNetworkFolder(folders.networkFolder, network)
      })
      const locked: LockedCheck[] = []
      for (const check of checks) locked.push(await lockCheck(check, box, work, folders, project))
      return locked
    },
  ).catch((error: unknown) => {
    // The log is gone by now.
    if (error instanceof BoxhoundError && error.code === 'E_INPUT')
      throw new BoxhoundError('E_LOCK', 'pip failed', {
        found: error.details.found ?? '',
        next: error.details.next ?? 'try again',
      })
    throw error
  })
}
