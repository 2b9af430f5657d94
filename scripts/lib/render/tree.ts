// Reads and renders the files of a folder.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { BoxhoundError } from '../_helpers/errors.ts'
import { kindOfFile, readPlain } from '../_helpers/plain-file.ts'
import { assertNameUtf8, assertUtf8 } from '../_helpers/utf8.ts'
import { assertConfShape } from './conf-shape.ts'
import { languageOf } from './language.ts'
import { type Origin, originOf } from './origin.ts'
import type { RenderedFile } from './rendered-box.ts'
import { assertNoSecrets } from './secrets.ts'
import { type Context, renderTemplateFile } from './template.ts'

/** A file or folder to read, and its names. */
export interface Place {
  /** Absolute. */
  readonly file: string
  /** How errors name it: relative to the user's root if inside. */
  readonly source: string
  /** How banners name it, which become part of an image: the same wherever boxhound is installed. Default: `source`. */
  readonly banner?: string
}

/** A path below another. */
export const below = (place: Place, name: string): Place => ({
  file: join(place.file, name),
  source: `${place.source}/${name}`,
  ...(place.banner === undefined ? {} : { banner: `${place.banner}/${name}` }),
})

/** Files that tools leave beside sources; never part of an image. */
const leftovers = /^(?:__pycache__|\.pytest_cache|\.ruff_cache|\.DS_Store)$|\.pyc$|~$|\.swp$/

/**
 * One file of the project as it goes into the guest: `.hbs` rendered, anything else byte for byte. The mode is 0755 or 0644, depending only on
 * the owner's executable bit, so that the umask of a checkout doesn't matter.
 *
 * @param path in its tree, without `.hbs`.
 * @param isCheck whether it belongs to a check, whose configuration needs an instance.
 * @throws BoxhoundError E_SECRET, E_CONF, E_UTF8 or E_TEMPLATE (exit code 2), naming file and line.
 */
export const renderFile = (place: Place, path: string, context: Context, isCheck = false): RenderedFile => {
  const rendered = readOrRender(place, path, context)
  const origin = (): Origin => originOf(place.file, rendered, context)
  assertNoSecrets(rendered, origin)
  assertConfShape(rendered, isCheck, origin)
  return rendered
}

const readOrRender = ({ file, source, banner = source }: Place, path: string, context: Context): RenderedFile => {
  if (source.endsWith('.hbs')) {
    const { content, mode, language } = renderTemplateFile(file, context, { source, banner, target: path })
    return { path, mode, content: Buffer.from(content, 'utf8'), source, language }
  }
  const { content, executable } = readPlain(file, { source })
  const mode = executable ? 0o755 : 0o644
  const firstLine = content.subarray(0, 128).toString('latin1').split('\n', 1)[0]
  const language = languageOf(path, firstLine)
  // A Python file may declare another encoding; a file in an unknown language may be binary.
  if (language !== 'python' && language !== 'text') assertUtf8(content, source)
  return { path, mode, content, source, language }
}

const visit = (folder: Place, path: string, context: Context): RenderedFile[] =>
  readdirSync(folder.file, { withFileTypes: true })
    .filter(({ name }) => !leftovers.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      assertNameUtf8(folder.source, entry.name)
      const [from, to] = [below(folder, entry.name), path === '' ? entry.name : `${path}/${entry.name}`]
      if (entry.isDirectory()) return visit(from, to, context)
      if (!entry.isFile())
        throw new BoxhoundError('E_LAYER', 'not a regular file', {
          file: from.source,
          expected: 'files and folders',
          found: kindOfFile(lstatSync(from.file)),
          next: 'create it in provision.sh or with units.enable',
          exitCode: 2,
        })
      return [renderFile(from, to.replace(/\.hbs$/, ''), context)]
    })

/** Whether the name exists, even as a dangling link. */
const isThere = ({ file }: Place): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** Everything below a folder, sorted by name at each level; empty if there is no such folder. */
export const renderTree = (folder: Place, context: Context): RenderedFile[] =>
  isThere(folder) ? visit(folder, '', context) : []

/** The file `NAME` or its template `NAME.hbs` in a folder; undefined if neither exists. */
export const findFile = (folder: Place, name: string): Place | undefined =>
  [name, `${name}.hbs`].map((one) => below(folder, one)).find(isThere)
