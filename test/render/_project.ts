import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import { loadBox } from '../../scripts/lib/box/load.ts'
import { renderBox } from '../../scripts/lib/render/render.ts'
import type { LayerName, Rendered, RenderedFile, RenderedLayer } from '../../scripts/lib/render/rendered-box.ts'
import { fixture } from '../boxfile/_files.ts'
import { temporaryFolder } from './_render.ts'

export const renderNamed = async (box: string, project: Project = fixture): Promise<Rendered> =>
  renderBox(await loadBox(box, project), project)

/** A copy of the fixture that a test may break. */
export const copiedProject = (t: ExecutionContext): Project => {
  const root = join(temporaryFolder(t), 'project')
  cpSync(fixture.tool, root, { recursive: true })
  return { ...fixture, tool: root, root }
}

export const layerOf = ({ layers }: Rendered, name: LayerName): RenderedLayer => {
  const layer = layers.find((one) => one.name === name)
  if (layer === undefined) throw new Error(`no layer ${name}`)
  return layer
}

export const fileOf = ({ files, scripts }: RenderedLayer, path: string): RenderedFile => {
  const file = [...files, ...scripts].find((one) => one.path === path)
  if (file === undefined) throw new Error(`no file ${path}`)
  return file
}

export const textOf = (layer: RenderedLayer, path: string): string => fileOf(layer, path).content.toString('utf8')
