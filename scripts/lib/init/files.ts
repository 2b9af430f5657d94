// The files of a new repository.

import { existsSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { boxhoundVersion } from '../_helpers/version.ts'
import { renderTemplate } from '../render/template.ts'
import { type Choices, none } from './choices.ts'
import type { Wish } from './wish.ts'

/** A file to write, by its path in the new repository. */
export interface NewFile {
  readonly path: string
  readonly content: string
}

/** The check that a new repository starts with. */
export const firstCheck = 'open_files'

/** What package.json pins: this version; in a checkout, which no registry has, the checkout itself. */
export const pinOf = (folder: string, tool: string): string =>
  existsSync(join(tool, 'scripts/_main.ts')) ? `file:${relative(folder, tool)}` : boxhoundVersion

/** npm's rules for names are narrower than those of folders. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, 214) || 'boxes'

const contextOf = ({ name, system, database, app }: Wish, folder: string, choices: Choices, tool: string) => {
  const start = choices.starts.find((one) => one.system === system)
  if (start === undefined) throw new Error(`no box of ${system}`)
  const { base, agent } = start.example
  return {
    name,
    role: database === none ? 'web' : 'database',
    package: packageName(folder),
    pin: pinOf(folder, tool),
    requirement: `>=${boxhoundVersion}`,
    base:
      base.kind === 'image'
        ? { lab: false, image: base.image, sha256: base.sha256, system: base.system.name }
        : { lab: base.release },
    agent: { version: agent.version },
    database: database === none ? false : { engine: database, version: start.versions[database] ?? false },
    app: app === none ? false : { name: app },
  }
}

/** The files of a wish, in the order in which they are told. */
export const filesOf = (wish: Wish, folder: string, choices: Choices, tool: string): NewFile[] => {
  const read = (name: string): string => readFileSync(join(tool, 'starter', name), 'utf8')
  const context = contextOf(wish, folder, choices, tool)
  const rendered = (name: string, language: 'yaml' | 'json'): string =>
    renderTemplate(read(name), context, { file: `starter/${name}`, language })
  const check = ['check.yaml', 'conf.yaml.hbs', `${firstCheck}.py`, `test_${firstCheck}.py`]
  return [
    { path: `boxes/${wish.name}.yaml`, content: rendered('box.yaml.hbs', 'yaml') },
    ...check.map((name) => ({ path: `boxes/checks/${firstCheck}/${name}`, content: read(`check/${name}`) })),
    { path: 'package.json', content: rendered('package.json.hbs', 'json') },
    { path: '.gitignore', content: read('gitignore') },
    { path: 'Vagrantfile', content: read('Vagrantfile') },
    { path: '.github/workflows/boxhound.yml', content: read('workflow.yaml') },
  ]
}
