// Reports a failed layer: the end of its log, the file at fault, a shell.

import { rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { cleanEnvironment } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'
import type { Project } from '../_helpers/paths.ts'
import { readTail } from '../_helpers/plain-file.ts'
import { startSandbox } from '../_helpers/sandbox.ts'
import { displayPath } from '../box/read.ts'
import type { PlannedLayer } from '../plan/planned-layer.ts'

/** What to do with a failed layer's overlay: open a shell in it, keep it, or remove it. */
export const onErrorChoices = ['shell', 'keep', 'clean'] as const
export type OnError = (typeof onErrorChoices)[number]

/** The file being processed when a layer's log ended: one of its scripts, or else its layer.yaml. */
const culprit = (layer: PlannedLayer, log: string): string => {
  const steps = [...log.matchAll(/^== (.+)$/gm)].map(([, step = '']) => step)
  // What explains a failure comes after the step that failed.
  const last = steps.findLast((step) => !step.startsWith('why: ')) ?? ''
  const script = /^script (.+)$/.exec(last)?.[1]
  const source = layer.rendered?.scripts.find(({ path }) => path === script)?.source
  if (source !== undefined) return source
  return layer.rendered === null ? 'lab/base/build.sh' : `${layer.rendered.folders[0] ?? 'provision'}/layer.yaml`
}

/** The image below all layers is built on the host, so there is nothing to open a shell in. */
const nextStep = (layer: PlannedLayer, kept: string | undefined, box: string, project: Project): string => {
  if (layer.rendered === null) return 'see the log; if a mirror did not answer, try again'
  return kept === undefined
    ? `a shell in the failed layer: npm run bake -- ${box} --on-error shell`
    : `a shell in it: sudo bash ${displayPath(join(project.tool, 'packer/chroot/shell.sh'), project)} ${kept}`
}

/**
 * The engine's explanation of an apt failure: the block at the end of the log, written by provision/_engine/explain.sh.
 */
interface Explained {
  /** Whether the server's content is to blame, or the network. */
  readonly about: 'content' | 'network'
  readonly message: string
  readonly expected: string
  readonly found: string
  readonly next: string
}

const explained = (log: string): { readonly why: Explained; readonly before: string } | undefined => {
  const [, before = '', about = '', message = '', expected = '', found = '', next = ''] =
    /^([\s\S]*)^== why: (\w+)\n(.*)\nexpected: (.*)\nfound: (.*)\nnext: (.*)\n?$/m.exec(log) ?? []
  if (message === '') return undefined
  return { why: { about: about === 'content' ? about : 'network', message, expected, found, next }, before }
}

const openShell = async (overlay: string, staged: string, project: Project): Promise<void> => {
  if (!process.stdin.isTTY) {
    console.error('--on-error shell needs a terminal')
    return
  }
  console.error('\nA shell in the failed layer, as root; leave it with "exit":')
  const sandbox = startSandbox(['bash', join(project.tool, 'packer/chroot/shell.sh'), overlay, staged], {
    cwd: project.tool,
    environment: cleanEnvironment(),
    stdio: ['inherit', 'inherit', 'inherit'],
    foreground: true,
  })
  await sandbox.ended
}

/**
 * Handles a failed layer's overlay as the user chose, and builds the error: the file that failed, the last lines of the
 * layer's own output, and how to get a shell in it.
 *
 * @param paths the overlay is where the failing step left it, and may be missing.
 * @param hint what the layer's output says about the network, if that is to blame.
 */
export const layerFailure = async (
  layer: PlannedLayer,
  paths: { readonly log: string; readonly overlay: string; readonly staged: string },
  choice: OnError,
  box: string,
  project: Project,
  hint: (output: string) => string | undefined = () => undefined,
): Promise<BoxhoundError> => {
  const log = await readTail(paths.log).catch(() => '')
  const { why, before } = explained(log) ?? { why: undefined, before: log }
  const tail = before.trimEnd().split('\n').slice(-12)
  const kept =
    choice === 'keep'
      ? await rename(paths.overlay, paths.overlay).then(
          () => true,
          () => false,
        )
      : false
  const advice = why?.about === 'content' ? why.next : (hint(log) ?? why?.next)
  const end = `the end of ${relative(project.root, paths.log)}:\n${tail.map((line) => `    | ${line}`).join('\n')}`
  const error = new BoxhoundError(
    'E_LAYER',
    `layer "${layer.name}" failed${why === undefined ? '' : `: ${why.message}`}`,
    {
      file: culprit(layer, log),
      ...(why === undefined ? {} : { expected: why.expected }),
      found: why === undefined ? end : `${why.found}\n  ${end}`,
      next: [advice ?? [], nextStep(layer, kept ? paths.overlay : undefined, box, project)]
        .flat()
        .join('\n            '),
    },
  )
  if (choice === 'shell' && layer.rendered !== null) await openShell(paths.overlay, paths.staged, project)
  if (!kept) await rm(paths.overlay, { force: true })
  return error
}
