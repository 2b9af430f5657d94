import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { sha256 } from '../../scripts/lib/_helpers/hash.ts'
import { projectAt } from '../../scripts/lib/_helpers/paths.ts'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const python = process.env.BOXHOUND_PYTHON || 'python3'

const run = (program: string, args: readonly string[], cwd = '/') =>
  spawnSync(program, args, { encoding: 'utf8', cwd, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } })

const pip = '-m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes --only-binary :all:'

/**
 * The folder of an environment with COT, beside those of test/python/run.sh, made once for each list of requirements. Under a temporary
 * name and renamed: an install that was cut off leaves nothing that looks finished.
 */
const environment = (): string | undefined => {
  const { stdout: version } = run(python, ['-c', 'import sys; print(sys.version)'])
  const parent = join(projectAt('/').cache, 'python')
  const folder = join(parent, `cot-${sha256(readFileSync(requirements, 'utf8') + version).slice(0, 16)}`)
  if (existsSync(folder)) return folder
  mkdirSync(parent, { recursive: true })
  const made = mkdtempSync(join(parent, '.cot-'))
  try {
    if (run(python, ['-m', 'venv', made]).status !== 0) return undefined
    if (run(join(made, 'bin/python'), [...pip.split(' '), '--requirement', requirements]).status !== 0) return undefined
    if (!existsSync(folder)) renameSync(made, folder)
    return folder
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/**
 * What the Common OVF Tool reads in an OVF and says of it, warnings included; blanks are made single.
 *
 * @returns undefined when this machine has no COT and cannot fetch it.
 */
export const cot = (): ((ovf: string) => string) | undefined => {
  const folder = environment()
  if (folder === undefined) return undefined
  return (ovf) => {
    const { status, stdout, stderr } = run(join(folder, 'bin/python'), ['-m', 'COT.ui.cli', 'info', '-v', ovf])
    if (status !== 0) throw new Error(`cot ended with ${status}: ${stderr}`)
    return stripVTControlCharacters(stderr + stdout).replaceAll(/[^\S\n]+/g, ' ')
  }
}
