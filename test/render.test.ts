import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BoxhoundError } from '../scripts/lib/_helpers/errors.ts'
import { projectAt } from '../scripts/lib/_helpers/paths.ts'
import { main } from '../scripts/render.ts'
import { temporaryFolder } from './render/_render.ts'

/** Runs the verb with what it prints on stdout collected; serial, since the console is one. */
const run = async (t: ExecutionContext, ...argv: string[]): Promise<{ code: number; stdout: string }> => {
  const { log } = console
  const lines: string[] = []
  console.log = (...all: unknown[]) => void lines.push(all.join(' '))
  t.teardown(() => {
    console.log = log
  })
  try {
    return { code: await main(argv, projectAt(process.cwd())), stdout: lines.join('\n') }
  } finally {
    console.log = log
  }
}

test.serial('render writes the tree of a box and says what is in it', async (t) => {
  const out = join(temporaryFolder(t), 'lab')
  const { code, stdout } = await run(t, 'lab', '--out', out)
  t.is(code, 0)
  t.regex(stdout, /10-base: \d+ files/)
  t.deepEqual(readdirSync(out), ['expectations.json', 'layers'])
})

test.serial('render --json prints one document', async (t) => {
  const out = join(temporaryFolder(t), 'lab')
  const { stdout } = await run(t, '--out', out, '--json')
  const document = JSON.parse(stdout)
  t.is(document.box, 'lab')
  t.deepEqual(document.expectations, JSON.parse(readFileSync(join(out, 'expectations.json'), 'utf8')))
})

test.serial('render without --out is wrong usage and writes nothing', async (t) => {
  const error = await t.throwsAsync(run(t, 'lab'), { instanceOf: BoxhoundError })
  t.is(error.exitCode, 2)
})

test.serial('render of a box that is not there writes nothing', async (t) => {
  const out = join(temporaryFolder(t), 'x')
  await t.throwsAsync(run(t, 'labb', '--out', out), { instanceOf: BoxhoundError })
  t.false(existsSync(out))
})

test.serial('render --help shows examples', async (t) => {
  const { code, stdout } = await run(t, '--help')
  t.is(code, 0)
  t.regex(stdout, /Examples:[\s\S]*--all --out rendered/)
})
