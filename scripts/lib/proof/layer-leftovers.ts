// What a layer of the user's has left that an image proof would find, told at bake with the layer's name.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { parsedJson } from '../_helpers/json.ts'
import type { Project } from '../_helpers/paths.ts'
import { boxFolder } from '../bake/manifest.ts'
import type { Expectations, Rendered } from '../render/rendered-box.ts'
import { absentPathsOf, matching } from './absent.ts'
import type { Entry, Survey } from './evidence.ts'
import { userRules } from './user-rules.ts'

const surveySchema = z.object({
  entries: z.array(z.tuple([z.string(), z.string(), z.number(), z.number(), z.number(), z.number(), z.string()])),
  texts: z.record(z.string(), z.string()),
})

const [setIds, worldWritable, sticky] = [0o6000, 0o002, 0o1000]

const remove = 'remove it in provision.sh'

/** Names of as many as a reader wants to see. */
const some = (paths: readonly string[]): string =>
  paths.length > 4 ? `${paths.slice(0, 3).join(', ')} and ${paths.length - 3} more` : paths.join(', ')

const modes = (entries: readonly Entry[]): string[] => {
  const setId = entries.filter(([, type, mode]) => type === 'f' && (mode & setIds) !== 0)
  const open = entries.filter(
    ([, type, mode]) => (type === 'f' || (type === 'd' && (mode & sticky) === 0)) && (mode & worldWritable) !== 0,
  )
  const named = (found: readonly Entry[], what: string, next: string): string[] =>
    found.length === 0 ? [] : [`${some(found.map(([path]) => path))} (${what}): ${next}`]
  return [
    ...named(setId, 'runs with the rights of its owner or group', 'chmod u-s,g-s in provision.sh'),
    ...named(open, 'everybody may write to it', 'chmod o-w in provision.sh'),
  ]
}

/** What the proofs of an image would find of a layer: lines that complete "leaves …". Nothing that the packages leave anyway. */
export const leftoversOf = (
  survey: Pick<Survey, 'entries' | 'texts'>,
  { database, app, accounts, agent, kept }: Expectations,
): string[] => {
  const paths = survey.entries.map(([path]) => path)
  const files = absentPathsOf(database)
    .filter(({ byPackages }) => byPackages !== true)
    .flatMap(({ title, paths: patterns }) => {
      const found = [...new Set(patterns.flatMap((pattern) => matching(pattern, paths)))]
      return found.length === 0 ? [] : [`${some(found)} (${title}): ${remove}`]
    })
  const whole: Survey = { ...survey, digests: {}, accounts: [], certificates: [] }
  const parts = {
    database,
    app,
    accounts,
    agentSource: agent.package === null ? null : agent.source,
    kept: kept ?? null,
  }
  const broken = userRules.flatMap(({ title, next, problems }) => {
    const found = problems(whole, parts)
    return found.length === 0 ? [] : [`${some(found)} (in an image ${title}): ${next ?? 'undo it in provision.sh'}`]
  })
  return [...files, ...broken, ...modes(survey.entries)]
}

/** Lines for the user about the layers of theirs that this bake has built. */
export const layerWarnings = async ({ box, layers, expectations }: Rendered, project: Project): Promise<string[]> => {
  const told = new Set<string>()
  const lines: string[] = []
  for (const { name } of layers.filter(({ own }) => own !== undefined)) {
    const file = join(boxFolder(box.name, project), 'logs', `${name}.survey.json`)
    const survey = surveySchema.safeParse(parsedJson(await readFile(file, 'utf8').catch(() => '')))
    // Of what is wrong with an account each later layer would tell again.
    for (const line of survey.success ? leftoversOf(survey.data, expectations) : [])
      if (!told.has(line)) {
        told.add(line)
        lines.push(`layer ${name} leaves ${line}`)
      }
  }
  return lines
}
