// What test/helpers/cleanup.test.ts sends signals to: _interrupted.ts [stuck|failing|whole|cleaning|late].
import { setTimeout as delay } from 'node:timers/promises'
import { refuseIfInterrupted, withCleanup, withoutInterruption } from '../../scripts/lib/_helpers/cleanup.ts'

const say = (line: string): void => console.log(line)
const [mode] = process.argv.slice(2)
// Something that keeps the process running, as a child process would.
const running = setInterval(() => {}, 1000)

const isInterrupted = (): boolean => {
  try {
    refuseIfInterrupted()
    return false
  } catch {
    return true
  }
}

const inner = async (): Promise<void> => {
  say('inner begins')
  if (mode === 'stuck') await new Promise(() => {})
  if (mode === 'failing') throw new Error('inner fails')
  await delay(100)
  say('inner ended')
}

const work = async (): Promise<void> => {
  if (mode === 'whole') {
    await withoutInterruption(async () => {
      say('ready')
      await delay(300)
      say('whole')
    })
    say('never')
  }
  if (mode === 'cleaning') {
    await withCleanup(
      async () => {
        say('ready')
        await delay(300)
        say('cleaned once')
      },
      async () => {},
    )
    say('never')
  }
  if (mode === 'late') {
    say('ready')
    while (!isInterrupted()) await delay(5)
    await withoutInterruption(async () => say('never')).catch((error: unknown) => say(String(error)))
  }
  say('ready')
  await delay(60_000)
}

await withCleanup(
  () => say('outer cleaned'),
  () => withCleanup(inner, work),
)
clearInterval(running)
