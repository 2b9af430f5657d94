// Stands in for `ava` in compiled tests, of which many files share one process (_bundle.mjs): their files take turns, as if each had a process of its
// own one after the other. Within a file AVA's order holds: hooks, serial tests, then all others at once.
import ava from 'ava'

/** In the order in which they take turns. */
const files = []

/** Declarations for AVA, which wants all of them at once: a file may wait between two of its own. */
const declared = []

const deferred = () => {
  let resolve
  const promise = new Promise((done) => {
    resolve = done
  })
  return { promise, resolve }
}

const openFile = () => {
  const file = { before: [], after: [], serial: Promise.resolve(), left: 0, begun: undefined, ended: deferred() }
  files.push(file)
  return file
}

/** Waits for the files before, then runs the hooks, once for all tests of the file. */
const begin = (file, t) => {
  file.begun ??= (async () => {
    for (const other of files.slice(0, files.indexOf(file))) if (other.left > 0) await other.ended.promise
    for (const hook of file.before) await hook(t)
  })()
  return file.begun
}

const end = async (file, t) => {
  file.left -= 1
  if (file.left > 0) return
  try {
    for (const hook of file.after) await hook(t)
  } finally {
    file.ended.resolve()
  }
}

/** Title, work and values of a declaration; a macro may make the title. */
const read = (name, words) => {
  const [title, work, ...values] = typeof words[0] === 'string' ? words : [undefined, ...words]
  const run = typeof work === 'function' ? work : work.exec
  const own = typeof work === 'function' || work.title === undefined ? title : work.title(title, ...values)
  return { title: `${name} › ${own}`, run, values }
}

const declare = (file, name, isSerial, words) => {
  const { title, run, values } = read(name, words)
  const over = deferred()
  // A serial test waits for the serial ones before it, any other one for all serial ones.
  const before = file.serial
  if (isSerial) file.serial = before.then(() => over.promise)
  file.left += 1
  declared.push(() =>
    ava(title, async (t) => {
      // The first that is torn down last: after all that the test leaves to be torn down.
      t.teardown(async () => {
        over.resolve()
        await end(file, t)
      })
      await begin(file, t)
      await (isSerial ? before : file.serial)
      return run(t, ...values)
    }),
  )
}

const skip = (name, words) => {
  const { title, run } = read(name, words)
  declared.push(() => ava.skip(title, run))
}

/** `test` of one file. What it lacks of AVA's fails when the file is loaded. */
export const testOf = (name) => {
  const file = openFile()
  const hookOf = (words) => (typeof words[0] === 'string' ? words[1] : words[0])
  const hooks = {
    before: (...words) => void file.before.push(hookOf(words)),
    after: { always: (...words) => void file.after.push(hookOf(words)) },
    skip: (...words) => skip(name, words),
  }
  const serial = Object.assign((...words) => declare(file, name, true, words), hooks)
  return Object.assign((...words) => declare(file, name, false, words), hooks, { serial, macro: ava.macro })
}

/** Tells AVA about all tests, when all files are loaded. */
export const declareAll = () => {
  for (const tell of declared) tell()
}
