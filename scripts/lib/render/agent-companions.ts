// Files and units of the Agent's companions.

import type { AgentConfiguration } from '../box/agent.ts'
import { companions } from '../box/agent-companions.ts'
import { settingsText } from './agent-settings.ts'
import type { LayerSpec, RenderedFile } from './rendered-box.ts'
import { assertNoSecrets } from './secrets.ts'

/**
 * A part of the Agent's layer with the companions that the box turns on: each has its file, which only root may write and only dd-agent may
 * read, and its unit.
 *
 * @param boxFile how errors name it.
 */
export const withCompanions = <P extends { readonly files: readonly RenderedFile[]; readonly spec: LayerSpec }>(
  { companions: chosen }: AgentConfiguration,
  part: P,
  boxFile: string,
): P => {
  const all = companions.flatMap(({ key, file: path, unit }) => {
    const settings = chosen[key]
    if (settings === undefined) return []
    const content = Buffer.from(`# from agent.${key} of the box file, do not edit\n${settingsText(settings)}`)
    const file: RenderedFile = { path, mode: 0o644, content, source: boxFile, language: 'yaml' }
    const lines = content.toString('utf8').split('\n')
    assertNoSecrets(file, () => ({ template: lines.join('\n'), lines: lines.map((_, index) => index + 1) }))
    return [{ file, unit, owner: { path: `/${path}`, owner: 'root', group: 'dd-agent', mode: '0640' } }]
  })
  const { owners, units } = part.spec
  return {
    ...part,
    files: [...part.files, ...all.map(({ file }) => file)],
    spec: {
      ...part.spec,
      owners: [...owners, ...all.map(({ owner }) => owner)],
      units: { ...units, enable: [...units.enable, ...all.map(({ unit }) => unit)] },
    },
  }
}
