// Runs the unit tests: `node test/unit.mjs [--tap]` all of them, compiled; with FILEs or patterns those alone, from their sources, as `npx ava FILE` does.
import { spawn } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledTests } from './_bundle.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const all = words.every((word) => word === '--tap')
const config = all ? ['--config', join(relative(root, await compiledTests()), 'ava.config.mjs')] : []
const child = spawn(join(root, 'node_modules/.bin/ava'), [...config, ...words], { cwd: root, stdio: 'inherit' })
child.once('close', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128)
})
