import { join } from 'node:path'
import { parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError } from './lib/_helpers/errors.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { asTyped } from './lib/_helpers/typed.ts'
import { fromCaller } from './lib/box/caller.ts'
import { allBoxes, boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { parseBack } from './lib/render/parse-back.ts'
import { renderBox } from './lib/render/render.ts'
import type { Rendered } from './lib/render/rendered-box.ts'
import { layerData, layerFolder, writeRendered } from './lib/render/write.ts'

const command = {
  verb: 'render',
  summary: 'Renders the files of a box, checks each with the parser of its language, and builds nothing.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    out: { type: 'string', value: 'DIR', help: 'output folder; replaced as a whole' },
    all: { type: 'boolean', help: 'every box in boxes/, each to DIR/BOX' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run render -- lab --out /tmp/lab', 'shows what goes into the lab box'],
    ['npm run render -- --all --out rendered', 'every box, each in a folder of its own'],
  ],
} as const

const filesOf = ({ layers }: Rendered) => layers.flatMap(({ files, scripts }) => [...files, ...scripts])

const describe = ({ box, layers, expectations }: Rendered, out: string) => ({
  box: box.name,
  version: box.version,
  out,
  layers: layers.map((layer) => ({ folder: layerFolder(layer), ...layerData(layer) })),
  expectations,
})

const print = (rendered: Rendered, out: string): void => {
  for (const layer of rendered.layers)
    console.log(
      `${join(out, 'layers', layerFolder(layer))}: ${layer.files.length} files, ${layer.scripts.length} scripts`,
    )
  console.log(`${join(out, 'expectations.json')}: ${rendered.expectations.checks.length} checks`)
}

/** `npm run render`. @returns the exit code. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { out } = parsed.values
  if (out === undefined)
    throw new BoxhoundError('E_USAGE', 'render needs an output folder', {
      exitCode: 2,
      expected: '--out DIR',
      found: 'nothing',
      next: 'npm run render -- --help',
    })
  const all = parsed.flags.all === true
  const targets = all
    ? allBoxes(project).map((name) => ({ name, folder: join(out, name) }))
    : [{ name: chosenBox(parsed.positional, project), folder: out }]
  const results: { rendered: Rendered; folder: string }[] = []
  const missing = new Set<string>()
  for (const { name, folder } of targets) {
    const rendered = await renderBox(await loadBox(name, project), project)
    for (const program of await parseBack(filesOf(rendered))) missing.add(program)
    results.push({ rendered, folder })
  }
  // Nothing is written until every box has rendered.
  for (const { rendered } of results) for (const note of rendered.box.notes ?? []) console.error(note)
  for (const { rendered, folder } of results) await writeRendered(rendered, fromCaller(folder))
  if (missing.size > 0)
    console.error(
      asTyped(`some files were not checked because ${[...missing].join(', ')} is missing: npm run setup installs it`),
    )
  const documents = results.map(({ rendered, folder }) => describe(rendered, folder))
  if (parsed.flags.json === true) console.log(JSON.stringify(all ? documents : documents[0], null, 2))
  else for (const { rendered, folder } of results) print(rendered, folder)
  return 0
}
