import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'

const script = readFileSync(new URL('../../provision/90-seal/provision.sh', import.meta.url), 'utf8')

/** One function of the seal, its absolute paths moved below `root`. */
const seal = (name: string, root: string): void => {
  const body = new RegExp(`^${name}\\(\\) \\{\\n[^]*?^\\}`, 'm').exec(script)?.[0] ?? ''
  const moved = body.replace(/(?<=[ =])\/(?=etc|opt|var|run)/g, `${root}/`)
  execFileSync('bash', ['-c', `set -Eeuo pipefail; shopt -s nullglob dotglob\n${moved}\n${name}`])
}

test('the seal takes what an Agent’s run has left, also where Datadog’s installer keeps state, and no part of the package', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'boxhound-seal-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const packages = 'opt/datadog-packages'
  const gone = [
    'etc/datadog-agent/auth_token',
    'etc/datadog-agent/install.json',
    'opt/datadog-agent/run/agent.pid',
    `${packages}/run/installer_tasks.db`,
    `${packages}/run/environment`,
    `${packages}/tmp/installer`,
    `${packages}/run/datadog-agent/state.json`,
    'run/datadog-procmgrd/dd-procmgrd.sock',
  ]
  const kept = [
    'etc/datadog-agent/datadog.yaml',
    `${packages}/run/.post_python_installed_packages.txt`,
    `${packages}/datadog-agent/stable/bin/agent`,
  ]
  for (const path of [...gone, ...kept]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), 'x')
  }
  symlinkSync('/opt/datadog-agent', join(root, packages, 'run/datadog-agent/7.83.0-1'))
  seal('identity_of_agent', root)
  const left = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  t.deepEqual(left.sort(), [...kept, `${packages}/run/datadog-agent/7.83.0-1`].sort())
  // Safe to run twice.
  t.notThrows(() => seal('identity_of_agent', root))
})
