import { join } from 'node:path'
import { writeAtomic } from './lib/_helpers/atomic.ts'
import { type Command, parseCommand } from './lib/_helpers/cli.ts'
import { type Project, shown } from './lib/_helpers/paths.ts'
import { machineChoice, machineOption } from './lib/boot/kind.ts'
import { boxHelp, chosenBox } from './lib/box/chosen.ts'
import { loadBox } from './lib/box/load.ts'
import { paintFor } from './lib/report/terminal.ts'
import { parseDuration, parseNumber } from './lib/traffic/options.ts'
import { formatMeasured, formatTick, formatTraffic, type Tick } from './lib/traffic/report.ts'
import type { Measured, TrafficResults } from './lib/traffic/results.ts'
import { shapes } from './lib/traffic/shape.ts'
import { driveBox } from './lib/traffic/traffic.ts'
import { isGreen } from './lib/verify/verdict.ts'

const command: Command = {
  verb: 'traffic',
  summary:
    'Drives a box’s app and database, then verifies what arrived: a trace for every request in the Agent, and the database’s own counters.',
  positional: { name: 'BOX', help: boxHelp },
  options: {
    for: { type: 'string', value: 'DURATION', help: 'how long, such as 90s, 3m or 1h (default: 3m)' },
    shape: {
      type: 'string',
      value: shapes,
      help: 'steady: a constant rate; ramp: from zero to the full rate; spikes: a fifth of the rate, with bursts at the full rate (default: steady)',
    },
    connections: {
      type: 'string',
      value: 'N',
      help: 'connections to the database, and the limit of concurrent requests to the app (default: 90)',
    },
    rate: {
      type: 'string',
      value: 'N',
      help: 'requests and database transactions per second at full load (default: 100)',
    },
    wire: {
      type: 'boolean',
      help: 'points the Agent of a disposable machine at an intake on this one, and verifies what it sends under load',
    },
    ...machineOption('auto'),
    json: { type: 'boolean', help: 'print results.json on stdout' },
  },
  examples: [
    ['npm run traffic', 'three minutes on a disposable machine of the lab box'],
    ['npm run traffic -- lab --for 30s --rate 20', 'short and light'],
    ['npm run traffic -- lab --shape spikes --for 10m', 'something to see on a dashboard'],
    [
      'DD_API_KEY=… npm run up -- ubuntu && npm run traffic -- ubuntu',
      'drives the machine that is up, whose Agent sends to your account',
    ],
    [
      'npm run traffic -- lab --wire && npm run observe -- show lab --recorded',
      'verifies what the Agent sends, then shows the dashboard of a machine under load',
    ],
    ['npm run traffic -- lab --json | jq .traces.received', 'for scripts'],
  ],
}

/** A terminal is told each second, a log each ten. */
const everySeconds = (): number => (process.stdout.isTTY ? 1 : 10)

/** Keeps results for whoever comes later; a run that was interrupted leaves those of the one before. */
const record = (results: TrafficResults, project: Project): Promise<void> =>
  writeAtomic(recordFile(results.box, project), `${JSON.stringify(results, null, 2)}\n`)

const recordFile = (box: string, project: Project): string => join(project.out, box, 'traffic', 'results.json')

/** `npm run traffic`: 0 when all that was sent has arrived, 1 when something is red; 128+N after a signal. */
export const main = async (argv: string[], project: Project): Promise<number> => {
  const parsed = parseCommand(argv, command)
  if (parsed === undefined) return 0
  const { flags, values } = parsed
  const plan = {
    shape: shapes.find((shape) => shape === values.shape) ?? 'steady',
    seconds: parseDuration(values.for ?? '3m'),
    rate: parseNumber(values.rate ?? '100', '--rate', 1, 100_000),
  }
  const connections = parseNumber(values.connections ?? '90', '--connections', 1, 1000)
  const box = await loadBox(chosenBox(parsed.positional, project), project)
  const quiet = flags.json === true
  const paint = paintFor(process.stdout, process.env)
  const every = everySeconds()
  const results = await driveBox(
    box,
    {
      plan,
      connections,
      every,
      wire: flags.wire === true,
      machine: machineChoice(values.machine, 'auto'),
      environment: process.env,
      onNote: (text) => (quiet ? console.error(text) : console.log(paint('dim', text))),
      onTick: (tick: Tick) => (quiet ? undefined : console.log(formatTick(tick, paint))),
      onInterrupted: (measured: Measured) =>
        console.log(
          quiet
            ? JSON.stringify({ box: box.name, interrupted: true, ...measured })
            : `interrupted\n${formatMeasured(measured)}`,
        ),
    },
    project,
  )
  await record(results, project)
  if (quiet) console.log(JSON.stringify(results))
  else console.log(`\n${formatTraffic(results, paint)}\n${paint('dim', shown(recordFile(box.name, project)))}`)
  return isGreen(results) ? 0 : 1
}
