// The verbs, and what each is for.

/** One line each, in the order of `boxhound --help`. */
export const verbs = {
  init: 'starts a repository of your own: a box file, a check with its test, a workflow',
  start: 'installs what this machine lacks, then bakes and verifies a box',
  setup: 'installs what this machine lacks',
  bake: 'builds missing or changed layers, publishes the image, verifies it',
  verify: 'boots a disposable copy of the image, or takes any machine, and runs the suite',
  try: 'judges an edit in seconds, in a container',
  render: 'writes every rendered file and does nothing else',
  up: 'starts a disposable machine from the image',
  ssh: 'opens a shell in that machine',
  down: 'stops that machine',
  base: 'pins the publisher’s newest cloud image in the box file',
  lock: 'locks the Python packages of checks in requirements.txt, for the Agent of a box',
  accelerator: 'tells whether KVM works here',
  provision: 'writes one script that turns a stock machine into the box',
  package: 'packs the image for Vagrant',
  traffic: 'drives app and database, then compares what was sent with what arrived',
  observe: 'dashboard, monitors and downtimes in a Datadog account',
  cache: 'lists, verifies, prunes and exchanges stored layers',
  controls: 'breaks a box on purpose: each check must turn red',
  image: 'searches the image for secrets and identities',
  contract: 'checks an Agent against the facts that verification relies on',
  schema: 'writes the JSON Schema of box files, for editors',
  test: 'runs boxhound’s own tests',
  bench: 'measures boxhound against stock tools',
} as const

/** A word after `boxhound`. */
export type Verb = keyof typeof verbs

export const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word)
