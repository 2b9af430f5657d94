// Checks rendered files with the tools of their languages.

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { outcomeOf } from '../_helpers/child.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'
import { parseData } from './parse-data.ts'
import type { RenderedFile } from './rendered-box.ts'

interface Outcome {
  readonly code: number
  readonly output: string
}

/** Runs a program to its end; undefined if it is not installed. */
const run = async (program: string, args: readonly string[], input = ''): Promise<Outcome | undefined> => {
  try {
    const { code, stdout, stderr } = await outcomeOf(program, args, { input, largest: 64 << 20 })
    return { code, output: `${stdout}${stderr}` }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

const failure = (file: RenderedFile | undefined, tool: string, output: string): BoxhoundError =>
  new BoxhoundError('E_RENDERED', `${tool} rejects the rendered file ${file?.path ?? ''}`, {
    exitCode: 2,
    ...(file === undefined ? {} : { file: file.source }),
    expected: 'a file that is valid in its language',
    // The temporary tree is gone by the time anyone reads this.
    found: output
      .replaceAll(/\S*boxhound-parse-\w+\/\w+\/\d+\//g, '')
      .trim()
      .split('\n')
      .slice(0, 12)
      .join('\n            '),
    next: 'fix the template; `npm run render` shows the result',
  })

/** The numbered folder of a file in the temporary tree; identifies the file in a tool's output. */
const placed = (folder: string, index: number, { path }: RenderedFile): string => join(folder, String(index), path)

const blamed = (files: readonly RenderedFile[], folder: string, output: string): RenderedFile | undefined =>
  files.find((file, index) => output.includes(placed(folder, index, file)))

const shell = async (files: readonly RenderedFile[], folder: string): Promise<string[]> => {
  const paths = files.map((file, index) => placed(folder, index, file))
  for (const [index, path] of paths.entries()) {
    const outcome = await run('bash', ['-n', '--', path])
    if (outcome !== undefined && outcome.code !== 0) throw failure(files[index], 'bash -n', outcome.output)
  }
  // Includes can't be followed here: a script's neighbours are in the guest.
  const outcome = await run('shellcheck', [
    '--severity=warning',
    '--exclude=SC1090,SC1091',
    '--shell=bash',
    '--',
    ...paths,
  ])
  if (outcome === undefined) return ['shellcheck']
  if (outcome.code !== 0) throw failure(blamed(files, folder, outcome.output), 'shellcheck', outcome.output)
  return []
}

/** Complaints of systemd-analyze that are about this machine, not the guest. */
const foreign = /is not executable: |not found\.?$|Cannot add dependency job|Failed to (?:open|load|create) |^\s*$/

/** Settings of the guest's systemd (255 or newer) that 252 in Debian 12 doesn't know yet. */
const newer = /Unknown key(?: name)? '(?:ImportCredential|OpenFile|RestartSteps|RestartMaxDelaySec)' in section/

const unit = async (files: readonly RenderedFile[], folder: string): Promise<string[]> => {
  for (const [index, file] of files.entries()) {
    // Drop-ins and network files can't be checked without their unit.
    if (!/\.(?:service|timer|socket|path|mount|target|slice)$/.test(file.path)) continue
    const path = placed(folder, index, file)
    const outcome = await run('systemd-analyze', ['verify', '--man=no', '--generators=no', path])
    if (outcome === undefined) return ['systemd-analyze']
    const name = file.path.split('/').at(-1) ?? ''
    const complaints = outcome.output
      .split('\n')
      .filter((line) => line.includes(name) && !foreign.test(line) && !newer.test(line))
    if (complaints.length > 0) throw failure(file, 'systemd-analyze verify', complaints.join('\n'))
  }
  return []
}

const ruby = async (files: readonly RenderedFile[], folder: string): Promise<string[]> => {
  for (const [index, file] of files.entries()) {
    const outcome = await run('ruby', ['-c', '--', placed(folder, index, file)])
    if (outcome === undefined) return ['ruby']
    if (outcome.code !== 0) throw failure(file, 'ruby -c', outcome.output)
  }
  return []
}

/** Rendering has already compiled it (python.ts), if this machine has Python. */
const python = async (): Promise<string[]> => ((await run('python3', ['--version'])) === undefined ? ['python3'] : [])

const parsers = { shell, python, unit, ruby }

/**
 * Checks every rendered file with a tool of its language: `bash -n` and shellcheck, YAML, JSON, `systemd-analyze verify` where
 * possible, `ruby -c`. Starts processes, so a bake doesn't call it; `npm run render` and the tests do.
 *
 * @returns names of missing programs, whose checks were skipped.
 * @throws BoxhoundError E_RENDERED that names the template and quotes the tool.
 */
export const parseBack = async (files: readonly RenderedFile[]): Promise<string[]> => {
  parseData(files)
  const folder = await mkdtemp(join(tmpdir(), 'boxhound-parse-'))
  try {
    const missing: string[] = []
    for (const [language, parse] of Object.entries(parsers)) {
      const own = files.filter((file) => file.language === language)
      const home = join(folder, language)
      for (const [index, file] of own.entries()) {
        const path = placed(home, index, file)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, file.content)
        await chmod(path, file.mode)
      }
      if (own.length > 0) missing.push(...(await parse(own, home)))
    }
    return missing
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
