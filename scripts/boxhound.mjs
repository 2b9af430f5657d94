#!/usr/bin/env node
// The program `boxhound`: the verbs under their own names, in any folder.
import { readFileSync } from 'node:fs'

const word = process.argv[2]
if (word === '--version' || word === '-v') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  console.log(version)
} else {
  // Messages name the command that was typed (lib/_helpers/typed.ts).
  process.env.BOXHOUND_COMMAND = process.env.npm_command === undefined ? 'boxhound' : 'npx boxhound'
  await import('./_run.mjs')
}
