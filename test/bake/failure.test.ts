import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type BoxhoundError, formatError } from '../../scripts/lib/_helpers/errors.ts'
import { layerFailure, type OnError } from '../../scripts/lib/bake/failure.ts'
import type { PlannedLayer } from '../../scripts/lib/plan/planned-layer.ts'
import { emptyProject } from '../cache/_store.ts'
import { file, layer } from '../plan/_rendered.ts'

const app: PlannedLayer = {
  name: 'app',
  id: 'a'.repeat(64),
  parent: 'b'.repeat(64),
  period: '1',
  engine: 'apt',
  rendered: {
    ...layer(
      'app',
      {},
      [],
      [{ ...file('01-trial-app.sh', 'false'), source: 'provision/40-app/trial-app/provision.sh' }],
    ),
    folders: ['provision/40-app/trial-app'],
  },
}
const image: PlannedLayer = {
  name: 'image',
  id: 'b'.repeat(64),
  parent: null,
  period: '1',
  engine: 'apt',
  rendered: null,
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const fail = async (
  t: ExecutionContext,
  {
    log = '',
    choice = 'clean',
    one = app,
    hint = () => undefined,
  }: { log?: string; choice?: OnError; one?: PlannedLayer; hint?: () => string | undefined },
): Promise<{ error: BoxhoundError; overlay: string }> => {
  const project = await emptyProject(t)
  const overlay = join(project.cache, '.failed-lab.qcow2')
  const logs = join(project.out, 'lab/logs')
  for (const folder of [project.cache, logs]) await mkdir(folder, { recursive: true })
  await writeFile(overlay, 'overlay')
  await writeFile(join(logs, `${one.name}.log`), log)
  const paths = { log: join(logs, `${one.name}.log`), overlay, staged: project.cache }
  return { error: await layerFailure(one, paths, choice, 'lab', project, hint), overlay }
}

test('a failing script is named by its source, with the last lines of its own output', async (t) => {
  const lines = Array.from({ length: 40 }, (_, n) => `line ${n + 1}`)
  const { error } = await fail(t, { log: `== files\n== script 01-trial-app.sh\n${lines.join('\n')}\n` })
  t.is(error.code, 'E_LAYER')
  t.is(error.exitCode, 1)
  t.is(error.message, 'layer "app" failed')
  t.is(error.details.file, 'provision/40-app/trial-app/provision.sh')
  const text = formatError(error)
  t.true(text.includes('the end of out/lab/logs/app.log:\n    | line 29\n'))
  t.true(text.includes('    | line 40\n'))
  t.false(text.includes('line 28'))
  t.true(text.includes('npm run bake -- lab --on-error shell'))
})

test('what fails before a script is named by the layer’s own file', async (t) => {
  const { error } = await fail(t, { log: '== packages: curl\nE: Unable to locate package curl\n' })
  t.is(error.details.file, 'provision/40-app/trial-app/layer.yaml')
})

test('a failing image is named by what makes it, and a log that is not there is no second failure', async (t) => {
  const { details } = (await fail(t, { one: image })).error
  t.is(details.file, 'lab/base/build.sh')
  t.notRegex(details.next ?? '', /shell/, 'there is no layer to open one in')
})

test('what the engine explains is the message; the lines before it are still shown, and the file is the layer’s', async (t) => {
  const why = '== why: network\nno lists of X\nexpected: suite stable\nfound: nothing: 404\nnext: check X\n'
  const { error } = await fail(t, { log: `== packages: curl\nErr:1 X\n${why}` })
  t.is(error.message, 'layer "app" failed: no lists of X')
  t.is(error.details.expected, 'suite stable')
  t.is(error.details.found?.split('\n')[0], 'nothing: 404')
  t.true(error.details.found?.endsWith('    | == packages: curl\n    | Err:1 X'))
  t.true(error.details.next?.startsWith('check X\n'))
  t.is(error.details.file, 'provision/40-app/trial-app/layer.yaml')
})

test('the overlay is removed, unless it is to be kept: then the message tells how to get into it', async (t) => {
  const cleaned = await fail(t, {})
  t.false(await exists(cleaned.overlay))
  const kept = await fail(t, { choice: 'keep' })
  t.true(await exists(kept.overlay))
  t.is(kept.error.details.next, `a shell in it: sudo bash packer/chroot/shell.sh ${kept.overlay}`)
})

test('what is known of this network is told where the way to a server is to blame, and not where its content is', async (t) => {
  for (const [about, begin] of [
    ['network', 'mirrors.apt is X'],
    ['content', 'look at Y'],
  ]) {
    const log = `== packages: curl\n== why: ${about}\nno\nexpected: a\nfound: b\nnext: look at Y\n`
    const { error } = await fail(t, { log, hint: () => 'mirrors.apt is X' })
    t.is(error.details.next?.split('\n')[0], begin)
  }
})
