import { relative } from 'node:path'
import { type Command, type Parsed, parseCommand } from './lib/_helpers/cli.ts'
import { BoxhoundError, errorDocument, formatError } from './lib/_helpers/errors.ts'
import { formatBytes, formatSeconds } from './lib/_helpers/format.ts'
import type { Project } from './lib/_helpers/paths.ts'
import { addSpan, span, startTrace, tracedAs, writeTrace } from './lib/_helpers/trace.ts'
import { type Baked, type BakeOptions, bakePlan, type Draft } from './lib/bake/bake.ts'
import { eachBox, type Settled } from './lib/bake/boxes.ts'
import { builderOf, buildersHelp } from './lib/bake/builders.ts'
import { onErrorChoices } from './lib/bake/failure.ts'
import { builderNames, imagePath, type Manifest } from './lib/bake/manifest.ts'
import { readRefreshed } from './lib/bake/refresh.ts'
import { type Seen, seeInputs, seeNamed, writeStamp } from './lib/bake/stamp.ts'
import { fromCaller } from './lib/box/caller.ts'
import { allBoxes, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { planBox } from './lib/plan/plan.ts'
import type { Plan } from './lib/plan/planned-layer.ts'
import { renderBox } from './lib/render/render.ts'

const command: Command = {
  verb: 'bake',
  summary:
    'Bakes boxes: builds the layers that are missing or changed, publishes out/BOX/BOX.qcow2, verifies it over SSH.',
  positional: {
    name: 'BOX',
    help: 'names of files in boxes/ without the extension, or paths (default: lab, or the only one)',
    multiple: true,
  },
  options: {
    all: { type: 'boolean', help: 'every box in boxes/' },
    builder: {
      type: 'string',
      value: builderNames,
      help: `how layers are built (${buildersHelp})`,
    },
    draft: { type: 'boolean', help: 'a bootable overlay only: not sealed, not published, not verified' },
    refresh: { type: 'boolean', help: 'install packages afresh, as if the refresh period were over' },
    'no-verify': { type: 'boolean', help: 'publish without booting and verifying' },
    'on-error': { type: 'string', value: onErrorChoices, help: 'what to do with a failed layer (default: clean)' },
    profile: { type: 'string', value: 'FILE', help: 'write where the time went, for ui.perfetto.dev' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run bake', 'bakes and verifies the lab box'],
    ['npm run bake -- lab --draft', 'after editing a check: a bootable overlay in seconds'],
    ['npm run bake -- lab lab-cloud', 'both, in parallel as far as memory and processors allow'],
    ['npm run bake -- lab --on-error shell', 'a shell inside the layer that failed'],
    ['npm run bake -- lab --no-verify --profile bake.json', 'a trace of the bake: open the file in ui.perfetto.dev'],
    ['npm run bake -- lab --json --no-verify | jq .image.sha256', 'for scripts'],
  ],
}

const upToDateLine = ({ box, image }: Manifest, project: Project): string =>
  `${relative(project.root, imagePath(box, project))} is up to date  ${formatBytes(image.bytes)}  sha256:${image.sha256.slice(0, 16)}…`

const report = (baked: Baked | Draft, project: Project): void => {
  if ('overlay' in baked) {
    console.log(`\ndraft in ${formatSeconds(baked.seconds)}: ${baked.overlay}`)
    return
  }
  const { image, box, seconds } = baked.manifest
  const path = relative(project.root, imagePath(box, project))
  console.log(
    baked.changed
      ? `\n${path}  ${formatBytes(image.bytes)}  sha256:${image.sha256.slice(0, 16)}…  baked in ${formatSeconds(seconds)}`
      : upToDateLine(baked.manifest, project),
  )
}

/** A box, loaded and planned; nothing has been started yet. */
interface Wanted {
  readonly plan: Plan
  /** Its inputs; undefined for a draft, which gets no stamp. */
  readonly seen: Seen | undefined
}

const plan = async (name: string, { draft, refresh }: Parsed['flags'], project: Project): Promise<Wanted> => {
  const inputs = draft === true ? undefined : await span('bake', 'look at inputs', async () => seeInputs(name, project))
  const box = await span('bake', `read ${name}`, () => loadBox(name, project))
  const seen = inputs && seeNamed(inputs, box, project)
  const refreshed = await readRefreshed(box.name, refresh === true, project)
  const rendered = await span('bake', 'render', () => renderBox(box, project))
  const planned = span('bake', 'plan', () => planBox(rendered, { now: Date.now(), ...refreshed }, project))
  return { plan: await planned, seen }
}

const verify = async (plan: Plan, { image }: Manifest, quiet: boolean, project: Project): Promise<number> => {
  const { verifyBaked } = await import('./lib/report/after-bake.ts')
  return span('bake', 'verify', () => verifyBaked(plan.rendered, image.sha256, { quiet }, project))
}

/** For the next bake, in case nothing has changed by then. */
const stamp = async ({ plan, seen }: Wanted, project: Project): Promise<void> => {
  if (seen === undefined) return
  const { knownVerdict } = await import('./lib/report/after-bake.ts')
  const text = (manifest: Manifest): string => upToDateLine(manifest, project)
  const verdict = ({ image }: Manifest) => knownVerdict(plan.rendered, image.sha256, project)
  await span('bake', 'stamp', () => writeStamp(seen, plan, { text, verdict }, project))
}

/** What layers of the user's leave that a proof of the image would find; the bake goes on. */
const warn = async ({ plan: { rendered } }: Wanted, project: Project): Promise<void> => {
  if (rendered.box.layers === undefined) return
  const { layerWarnings } = await import('./lib/proof/layer-leftovers.ts')
  for (const line of await layerWarnings(rendered, project)) console.error(`warning: ${line}`)
}

type Display = 'terminal' | 'plain' | 'silent'

const displayOf = (json: boolean): Display => (json ? 'silent' : process.stdout.isTTY ? 'terminal' : 'plain')

const optionsOf = ({ flags, values }: Parsed): Omit<BakeOptions, 'progress'> => ({
  draft: flags.draft === true,
  builder: builderOf(values.builder),
  onError: onErrorChoices.find((choice) => choice === values['on-error']) ?? 'clean',
  note: (line) => console.error(line),
})

const bakeOne = async (wanted: Wanted, parsed: Parsed, project: Project): Promise<number> => {
  const { flags } = parsed
  const json = flags.json === true
  const { progressFor } = await import('./lib/bake/progress.ts')
  const baked = await bakePlan(wanted.plan, { ...optionsOf(parsed), progress: progressFor(displayOf(json)) }, project)
  if (json) console.log(JSON.stringify('overlay' in baked ? { draft: baked } : baked.manifest))
  else report(baked, project)
  await warn(wanted, project)
  if ('overlay' in baked) return 0
  const code = flags['no-verify'] === true ? 0 : await verify(wanted.plan, baked.manifest, json, project)
  await stamp(wanted, project)
  return code
}

const outcomeOf = (baked: Baked | Draft) => {
  if ('overlay' in baked)
    return { kind: 'built', seconds: baked.seconds, bytes: baked.layers.at(-1)?.bytes ?? 0 } as const
  const { seconds, image } = baked.manifest
  return baked.changed
    ? ({ kind: 'built', seconds, bytes: image.bytes } as const)
    : ({ kind: 'cached', bytes: image.bytes } as const)
}

const documentOf = (one: Settled<Baked | Draft>) => {
  if ('error' in one) return { box: one.box, error: errorDocument(one.error) }
  return 'overlay' in one.value ? { box: one.box, draft: one.value } : { box: one.box, manifest: one.value.manifest }
}

/** Bakes in parallel, then verifies one after another, since a machine uses all processors. */
const bakeSeveral = async (all: readonly Wanted[], parsed: Parsed, project: Project): Promise<number> => {
  const { flags } = parsed
  const json = flags.json === true
  const byName = new Map(all.map((wanted) => [wanted.plan.rendered.box.name, wanted]))
  const { boxesProgressFor } = await import('./lib/bake/progress.ts')
  const display = boxesProgressFor(displayOf(json), [...byName.keys()])
  const bake = async (box: string, { plan }: Wanted): Promise<Baked | Draft> => {
    const begin = performance.now()
    try {
      const own = optionsOf(parsed)
      const note = (line: string): void => own.note(`${box}: ${line}`)
      const work = () => bakePlan(plan, { ...own, note, progress: display.of(box) }, project)
      const baked = await span('bake', `bake ${box}`, work)
      display.ended(box, outcomeOf(baked))
      return baked
    } catch (error) {
      display.ended(box, { kind: 'failed', seconds: (performance.now() - begin) / 1000 })
      throw error
    }
  }
  const settled = await eachBox([...byName.keys()], (box) => bake(box, byName.get(box) as Wanted))
  await display.close()
  if (json) console.log(JSON.stringify({ boxes: settled.map(documentOf) }))
  let code = 0
  for (const one of settled) {
    if ('error' in one) {
      console.error(`\n${one.box}: ${formatError(one.error)}`)
      code = 1
    } else if (!json) report(one.value, project)
  }
  for (const one of settled) {
    const wanted = byName.get(one.box)
    if (!('error' in one) && wanted !== undefined) await warn(wanted, project)
    if ('error' in one || 'overlay' in one.value || wanted === undefined) continue
    const { manifest } = one.value
    if (flags['no-verify'] !== true) {
      if (!json) console.log(`\n${one.box}:`)
      code ||= await tracedAs(one.box, () => verify(wanted.plan, manifest, json, project))
    }
    await stamp(wanted, project)
  }
  return code
}

/** Names and paths of the boxes to bake. */
const chosen = ({ positionals, flags, values }: Parsed, project: Project): readonly string[] => {
  const usage = (message: string, found: string): BoxhoundError =>
    new BoxhoundError('E_USAGE', message, { exitCode: 2, found, next: 'npm run bake -- --help' })
  if (flags.all === true && positionals.length > 0)
    throw usage('--all already includes every box', positionals.join(' '))
  const names =
    flags.all === true
      ? allBoxes(project)
      : positionals.length > 0
        ? positionals.map((name) => chosenBox(name, project))
        : [chosenBox(undefined, project)]
  if (names.length > 1 && values['on-error'] === 'shell')
    throw usage('--on-error shell works with one box at a time', names.join(' '))
  return names
}

const assertDistinct = (all: readonly Wanted[]): void => {
  const names = all.map(({ plan }) => plan.rendered.box.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new BoxhoundError('E_USAGE', `the box "${twice}" is named twice`, {
      exitCode: 2,
      expected: 'boxes of different names: results are published under them',
      found: names.join(' '),
      next: 'bake one after the other',
    })
}

const work = async (parsed: Parsed, project: Project): Promise<number> => {
  const all: Wanted[] = []
  // Plan all of them before starting anything, so that a wrong box file is reported at once.
  for (const name of chosen(parsed, project)) all.push(await plan(name, parsed.flags, project))
  assertDistinct(all)
  const [first] = all
  return first !== undefined && all.length === 1 ? bakeOne(first, parsed, project) : bakeSeveral(all, parsed, project)
}

/** `npm run bake`: exit code 0 when all boxes are baked and (unless disabled) verified, 1 when one of them is not. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { profile } = parsed.values
  if (profile === undefined) return work(parsed, project)
  startTrace()
  addSpan('bake', 'load', 0, performance.now())
  try {
    return await work(parsed, project)
  } finally {
    addSpan('whole', 'npm run bake', 0, performance.now())
    await writeTrace(fromCaller(profile))
  }
}
