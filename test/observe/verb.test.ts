import { execFile, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { run } from '../../scripts/_main.ts'
import { startProxy } from '../fetch/_proxy.ts'
import { temporaryFolder } from '../helpers/_folder.ts'
import { everything } from './_observe.ts'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const command = ['scripts/_run.mjs', 'observe']

const environmentFor = (folder: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:DD_|https?_proxy$|no_proxy$)/i.test(name)),
  ),
  BOXHOUND_OUT: join(folder, 'out'),
  BOXHOUND_CACHE: join(folder, 'cache'),
  NO_COLOR: '1',
})

const observeIn = (folder: string, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...command, ...words],
      { env: { ...environmentFor(folder), ...more } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
    child.stdin?.end()
  })

/** Every file below a folder, joined. */
const allText = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8'))
  return (await Promise.all(files)).join('\n')
}

test('a newcomer without an account: plan, apply, nothing to do, destroy; exit codes as told', async (t) => {
  const folder = await temporaryFolder(t)
  const run = (...words: string[]) => observeIn(folder, [...words, 'lab', '--lab'])
  const planned = await run('plan', '--detailed-exitcode')
  t.is(planned.code, 4)
  t.regex(planned.stdout, /7 to add, 0 to change, 0 to remove/)
  // At night and on weekends the hours until the first start are told instead.
  t.regex(planned.stdout, /every hour that is wished to be silent is covered|later: .* is not silent yet/)
  t.notRegex(planned.stdout, /gap: /)
  t.regex(planned.stdout, /Mon \d+ \w+ +█+·+█+/)
  t.is((await run('plan')).code, 0)
  const applied = await run('apply')
  t.is(applied.code, 0)
  t.true(
    applied.stdout.indexOf('week of') < applied.stdout.indexOf('✓'),
    'the week is drawn before anything is applied',
  )
  t.is(applied.stdout.match(/✓/g)?.length, everything.length)
  const again = await run('plan', '--detailed-exitcode')
  t.is(again.code, 0)
  t.regex(again.stdout, /Nothing to do/)
  const refused = await run('destroy')
  t.is(refused.code, 2)
  t.regex(refused.stderr, /npm run observe -- destroy lab --lab --yes$/m)
  t.regex((await run('plan')).stdout, /Nothing to do/)
  const destroyed = await run('destroy', '--yes')
  t.is(destroyed.code, 0)
  t.regex(destroyed.stdout, /Done: 7 changes/)
})

test('--json prints one document, for a plan, an application and an error', async (t) => {
  const folder = await temporaryFolder(t)
  const plan = JSON.parse((await observeIn(folder, ['plan', 'lab', '--lab', '--json'])).stdout)
  t.is(plan.counts.add, 7)
  t.deepEqual(plan.calendar.gaps, [])
  t.is(plan.calendar.timezone, 'Europe/Paris')
  const applied = JSON.parse((await observeIn(folder, ['apply', 'lab', '--lab', '--json'])).stdout)
  t.deepEqual(
    applied.done.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`),
    everything,
  )
  const failed = await observeIn(folder, ['plan', 'lab', '--json'])
  t.is(failed.code, 2)
  t.is(JSON.parse(failed.stdout).error.code, 'E_ACCOUNT_KEY')
})

const wrong: readonly [words: readonly string[], said: RegExp][] = [
  [[], /observe needs an action/],
  [['aply', 'lab'], /observe has no "aply"/],
  [['plan', 'nowhere', '--lab'], /no box named "nowhere"/],
  [['plan', 'lab'], /DD_API_KEY is not set/],
  [['show', 'lab', '--recorded'], /nothing was recorded from a machine of lab/],
  [['show', 'lab', '--out', '/tmp'], /\/tmp: the page cannot be written\n.*a folder\n.*--out \/tmp\/observe\.html/s],
  [['show', 'lab', '--out', '/proc/x.html'], /\/proc\/x\.html: the page cannot be written\n {2}expected:/],
  [
    ['show', 'lab', '--out', join(process.cwd(), 'package.json/x.html')],
    /package\.json\/x\.html: the page cannot be written\n/,
  ],
  [['plan', 'lab', '--lab', '--yes'], /plan takes no --yes\n.*--yes with destroy/],
  [['plan', 'lab', '--lab', '--out', 'x'], /plan takes no --out\n.*--out with show/],
  [['show', 'lab', '--detailed-exitcode'], /show takes no --detailed-exitcode\n.*with plan/],
  [['apply', 'lab', '--lab', '--recorded'], /apply takes no --recorded/],
]

/** The verb in this process, where its start is not the point; serial, since environment and console are one. */
const refusalIn = async (folder: string, words: readonly string[]): Promise<Omit<Ended, 'stdout'>> => {
  const { env } = process
  const { error } = console
  const lines: string[] = []
  process.env = environmentFor(folder)
  console.error = (line: string) => void lines.push(line)
  try {
    return {
      code: await run(['observe', ...words], { tool: process.cwd(), root: process.cwd() }),
      stderr: lines.join('\n'),
    }
  } finally {
    process.env = env
    console.error = error
  }
}

for (const [words, said] of wrong)
  test.serial(`wrong usage ends with 2 and says what to do: observe ${words.join(' ')}`, async (t) => {
    const { code, stderr } = await refusalIn(await temporaryFolder(t), words)
    t.is(code, 2)
    t.regex(stderr, said)
    t.regex(stderr, /next:/)
  })

test('keys are told nowhere: no output, no file, no command line', async (t) => {
  const folder = await temporaryFolder(t)
  const keys = { DD_API_KEY: 'ab'.repeat(16), DD_APP_KEY: 'cd'.repeat(20) }
  // A proxy that lets nothing out of this machine.
  const proxy = await startProxy(t, { port: 9, refuse: 403 })
  const { code, stdout, stderr } = await observeIn(folder, ['plan', 'lab', '--json'], {
    ...keys,
    HTTPS_PROXY: `http://${proxy.host}`,
  })
  t.is(code, 1)
  t.deepEqual([...new Set(proxy.asked.map(({ line }) => line))], ['CONNECT api.datadoghq.com:443'])
  const text = `${stdout}${stderr}${await allText(folder)}`
  t.regex(text, /E_FETCH_STATUS/)
  for (const key of Object.values(keys)) t.false(text.includes(key))
})

test('show writes a page that needs nothing else', async (t) => {
  const folder = await temporaryFolder(t)
  const { code, stdout } = await observeIn(folder, ['show', 'lab', '--json'])
  t.is(code, 0)
  const page = await readFile(JSON.parse(stdout).file, 'utf8')
  t.regex(page, /^<!doctype html>/i)
  t.false(/<script|src="http|url\(http/i.test(page))
  for (const words of ['my_metric', 'Processor time, and what is usual', 'week of']) t.true(page.includes(words), words)
})

/** A run that gets a signal as soon as it has said something. */
const interruptedAt = (t: ExecutionContext, folder: string, words: readonly string[], text: string): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...command, ...words], { env: environmentFor(folder), stdio: 'pipe' })
    t.teardown(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      if (!stdout.includes(text) && `${stdout}${chunk}`.includes(text)) child.kill('SIGINT')
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

for (const [action, more] of [
  ['apply', []],
  ['destroy', ['--yes']],
] as const)
  test(`Ctrl-C in the middle of ${action} ends with 130, and another run finishes`, async (t) => {
    const folder = await temporaryFolder(t)
    const run = (...words: string[]) => observeIn(folder, [...words, 'lab', '--lab'])
    const marksIn = ({ stdout }: Ended): number => stdout.match(/✓/g)?.length ?? 0
    const interrupted = async (): Promise<Ended> => {
      await (action === 'destroy' ? run('apply') : run('destroy', '--yes'))
      return interruptedAt(t, folder, [action, 'lab', '--lab', ...more], '✓')
    }
    let ended = await interrupted()
    // On a busy machine the run may be over before the signal comes.
    for (let tries = 1; marksIn(ended) === everything.length && tries < 5; tries++) ended = await interrupted()
    t.is(ended.code, 130)
    const done = marksIn(ended)
    t.true(done >= 1 && done < everything.length, ended.stdout)
    const finished = await run(action, ...more)
    t.is(finished.code, 0)
    const rest = marksIn(finished)
    // What was under way when the signal came is finished, and told by nobody.
    t.true([everything.length, everything.length - 1].includes(done + rest), `${done} and ${rest}`)
  })

/** Ends a run by a signal once it has said something; by script, so that it has a terminal to ask on. */
const onTerminal = (t: ExecutionContext, folder: string, words: readonly string[], answer: string): Promise<Ended> =>
  new Promise((resolve) => {
    const line = [process.execPath, ...command, ...words].join(' ')
    const child = spawn('script', ['-qec', line, '/dev/null'], { env: environmentFor(folder) })
    t.teardown(() => void child.kill('SIGKILL'))
    let stdout = ''
    let answered = false
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (!answered && stdout.includes('Type the name of the box')) {
        answered = true
        child.stdin.write(answer)
      }
    })
    child.on('close', (code) => resolve({ code, stdout, stderr: '' }))
  })

test('destroy asks on a terminal: another word than the box’s name removes nothing, Ctrl-C neither', async (t) => {
  const folder = await temporaryFolder(t)
  await observeIn(folder, ['apply', 'lab', '--lab'])
  const declined = await onTerminal(t, folder, ['destroy', 'lab', '--lab'], 'yes\n')
  t.is(declined.code, 1)
  t.regex(declined.stdout, /Remove these 7 from the lab account\?/)
  t.regex(declined.stdout, /Nothing was removed/)
  const ended = await onTerminal(t, folder, ['destroy', 'lab', '--lab'], '\u0004')
  t.is(ended.code, 1)
  t.regex(ended.stdout, /go on: (?:\^D[\b]*)?\r?\nNothing was removed/)
  const interrupted = await onTerminal(t, folder, ['destroy', 'lab', '--lab'], '\u0003')
  t.is(interrupted.code, 130)
  t.regex((await observeIn(folder, ['plan', 'lab', '--lab'])).stdout, /Nothing to do/)
  const agreed = await onTerminal(t, folder, ['destroy', 'lab', '--lab'], 'lab\n')
  t.is(agreed.code, 0)
  t.regex(agreed.stdout, /7 changes/)
})
