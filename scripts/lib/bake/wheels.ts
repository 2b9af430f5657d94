// Downloads locked Python wheels on the host.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { normalName } from '../box/requirements.ts'
import type { WheelSet } from '../render/rendered-box.ts'
import { generalAdvice, type InputFolders, run } from './host-step.ts'
import { once } from './once.ts'

/** Platforms whose wheels run on every supported system, newest first. */
const platforms = ['manylinux_2_28_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64']

/** pip's options for a Python that is not the one it runs on: only wheels, since nothing is built for another machine. */
export const pipTarget = (python: string): string[] => [
  '--only-binary',
  ':all:',
  '--implementation',
  'cp',
  '--python-version',
  python,
  ...platforms.flatMap((platform) => ['--platform', platform]),
]

/** A package for which the index has no wheel that fits, told by its line; any other failure stays as it is. */
const explained = (error: unknown, { requirements, origins, python }: WheelSet, text: string): unknown => {
  if (!(error instanceof BoxhoundError) || error.code !== 'E_INPUT') return error
  // pip also finds nothing where it can't reach the index, or may not.
  if (error.details.next !== generalAdvice) return error
  const [, name = '', version = ''] =
    /No matching distribution found for ([A-Za-z0-9._-]+)==(\S+)/.exec(error.details.found ?? '') ?? []
  if (name === '') return error
  const [, file = requirements, at = '0'] = /^(.*):(\d+)$/.exec(origins?.[normalName(name)] ?? '') ?? []
  const own = text.split('\n').findIndex((one) => normalName(one.split('==')[0] ?? '') === normalName(name)) + 1
  const line = origins === undefined ? own : Number(at)
  return new BoxhoundError('E_INPUT', `${name} ${version} has no wheel for Python ${python}`, {
    file,
    ...(line > 0 ? { line } : {}),
    expected: `a wheel for Python ${python} on ${platforms.join(' or ')}: nothing is compiled for an image`,
    found: 'none on the index, or only a source distribution',
    next: 'choose a version that has one, or publish a wheel on your own index (mirrors.pypi in the box file)',
    cause: error,
  })
}

/**
 * The folder of a locked list's wheels, downloaded once per list and Python. pip refuses a file whose digest is not in the list.
 *
 * @throws BoxhoundError E_INPUT.
 */
export const wheelhouse = async (set: WheelSet, folders: InputFolders, project: Project): Promise<string> => {
  const { logs, scratch } = folders
  const text = set.list ?? (await readFile(join(project.root, set.requirements), 'utf8'))
  const key = sha256(`${set.python}\0${text}`)
  const list = join(logs, `wheels-${set.name}.txt`)
  return once(join(project.cache, 'wheels', key), scratch, async (folder) => {
    await writeFile(list, text)
    const command = [
      'python3',
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--require-hashes',
      ...pipTarget(set.python),
    ]
    try {
      await run(
        [...command, '--dest', folder, '--requirement', list],
        join(logs, `wheels-${set.name}.log`),
        project.tool,
        folders,
      )
    } catch (error) {
      throw explained(error, set, text)
    }
  })
}
