import { relative } from 'node:path'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { formatBytes, formatSeconds } from './lib/_helpers/format.ts'
import { type Project, projectAt } from './lib/_helpers/paths.ts'
import { type Baked, bakePlan, type Draft } from './lib/bake/bake.ts'
import { onErrorChoices } from './lib/bake/failure.ts'
import { imagePath, type Manifest } from './lib/bake/manifest.ts'
import { readRefreshed } from './lib/bake/refresh.ts'
import { type Seen, seeInputs, seeNamed, writeStamp } from './lib/bake/stamp.ts'
import { loadBox } from './lib/box/load.ts'
import { planBox } from './lib/plan/plan.ts'
import type { Plan } from './lib/plan/types.ts'
import { renderBox } from './lib/render/render.ts'

const command: Command = {
  verb: 'bake',
  summary:
    'Bakes a box: builds the layers that are missing or changed, publishes out/BOX/BOX.qcow2, verifies it over SSH.',
  positional: { name: 'BOX', help: 'a file in boxes/ without its ending, or a path (default: lab)' },
  options: {
    builder: {
      type: 'string',
      value: ['chroot'],
      help: 'how layers are built (chroot: root on Linux, nothing is booted)',
    },
    draft: { type: 'boolean', help: 'only a bootable overlay: no seal, nothing published, not verified' },
    refresh: { type: 'boolean', help: 'take packages anew, as if the refresh period were over' },
    'no-verify': { type: 'boolean', help: 'publish without booting and verifying' },
    'on-error': { type: 'string', value: onErrorChoices, help: 'what becomes of a failed layer (default: clean)' },
    json: { type: 'boolean', help: 'one JSON document on stdout' },
  },
  examples: [
    ['npm run bake', 'bakes and verifies the lab box'],
    ['npm run bake -- lab --draft', 'after editing a check: a bootable overlay in seconds'],
    ['npm run bake -- lab --on-error shell', 'a shell inside the layer that failed'],
    ['npm run bake -- lab --json --no-verify | jq .image.sha256', 'for scripts'],
  ],
}

const upToDateLine = ({ box, image }: Manifest, project: Project): string =>
  `${relative(project.root, imagePath(project, box))} is up to date  ${formatBytes(image.bytes)}  sha256:${image.sha256.slice(0, 16)}…`

const report = (baked: Baked | Draft, project: Project): void => {
  if ('overlay' in baked) {
    console.log(`\ndraft in ${formatSeconds(baked.seconds)}: ${baked.overlay}`)
    return
  }
  const { image, box, seconds } = baked.manifest
  const path = relative(project.root, imagePath(project, box))
  console.log(
    baked.changed
      ? `\n${path}  ${formatBytes(image.bytes)}  sha256:${image.sha256.slice(0, 16)}…  baked in ${formatSeconds(seconds)}`
      : upToDateLine(baked.manifest, project),
  )
}

const verify = async (plan: Plan, { image }: Manifest, quiet: boolean, project: Project): Promise<number> => {
  const { verifyBaked } = await import('./lib/report/after-bake.ts')
  return verifyBaked(plan.rendered, image.sha256, { quiet }, project)
}

/** For the next bake, should nothing have changed by then. */
const stamp = async (seen: Seen, plan: Plan, project: Project): Promise<void> => {
  const { knownVerdict } = await import('./lib/report/after-bake.ts')
  const text = (manifest: Manifest): string => upToDateLine(manifest, project)
  const verdict = ({ image }: Manifest) => knownVerdict(plan.rendered, image.sha256, project)
  await writeStamp(seen, plan, { text, verdict }, project)
}

/** `npm run bake`: exit code 0 when the box is baked and (unless told otherwise) verified. */
export const main = async (argv: string[]): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { flags, values } = parsed
  const project = projectAt(process.cwd())
  const name = parsed.positional ?? 'lab'
  const inputs = flags.draft === true ? undefined : seeInputs(name, project)
  const box = await loadBox(name, project)
  const seen = inputs && seeNamed(inputs, box, project)
  const refreshed = await readRefreshed(box.name, flags.refresh === true, project)
  const plan = await planBox(await renderBox(box, project), project, { now: Date.now(), ...refreshed })
  const { progressFor } = await import('./lib/bake/progress.ts')
  const json = flags.json === true
  const baked = await bakePlan(
    plan,
    {
      draft: flags.draft === true,
      onError: onErrorChoices.find((choice) => choice === values['on-error']) ?? 'clean',
      progress: progressFor(json ? 'silent' : process.stdout.isTTY ? 'terminal' : 'plain'),
      note: (line) => console.error(line),
    },
    project,
  )
  if (json) console.log(JSON.stringify('overlay' in baked ? { draft: baked } : baked.manifest))
  else report(baked, project)
  if ('overlay' in baked) return 0
  const code = flags['no-verify'] === true ? 0 : await verify(plan, baked.manifest, json, project)
  if (seen !== undefined) await stamp(seen, plan, project)
  return code
}
