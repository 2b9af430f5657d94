// Row 11.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Fleet, startFleetServers } from '../../../../lab/fleet/server.ts'
import { cleanEnvironment, verbEnvironment } from '../../_helpers/environment.ts'
import type { Bench, OpenRow, Row, Side } from '../measurement.ts'
import { runTimed } from '../timed.ts'

/** As many hosts as a fleet that somebody looks after by hand may have. */
const many = 300
const few = 75

const inventoryOf = ({ hosts }: Fleet, count: number, key: string): string =>
  stringify({
    user: 'root',
    key,
    hosts: hosts.slice(0, count).map(({ name, port, hostKey }) => ({ host: '127.0.0.1', name, port, hostKey })),
  })

const open = async ({ work, project, say }: Bench): Promise<OpenRow> => {
  const folder = join(work, 'fleet')
  await mkdir(folder, { recursive: true })
  say(`starting ${many} SSH servers on loopback`)
  const fleet = await startFleetServers(many, await readFile(join(project.tool, 'lab/fleet/facts.json'), 'utf8'))
  const key = join(folder, 'id')
  await writeFile(key, fleet.userKey, { mode: 0o600 })
  const known = join(folder, 'known_hosts')
  const verify = async (count: number): Promise<Side> => {
    const inventory = join(folder, `${count}.yaml`)
    await writeFile(inventory, inventoryOf(fleet, count, key))
    const words = ['verify', '--hosts', inventory, '--out', join(folder, 'out')]
    const command = [process.execPath, join(project.tool, 'scripts/_run.mjs'), ...words] as const
    return {
      name: `boxhound, ${count} hosts`,
      tool: count === many ? 'boxhound' : 'reference',
      command: `npm run verify -- --hosts INVENTORY # of ${count}`,
      run: async (log) => runTimed({ words: [...command], cwd: project.tool, environment: verbEnvironment() }, log),
    }
  }
  const list = join(folder, 'ports')
  await writeFile(list, fleet.hosts.map(({ port }) => `${port}\n`).join(''))
  const login = `ssh -F none -i ${key} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=${known} -o LogLevel=ERROR -p {} root@127.0.0.1 true </dev/null >/dev/null`
  const words = ['sh', '-c', `xargs -P 32 -I{} sh -c '${login}' <${list}`] as const
  return {
    sides: [
      await verify(many),
      await verify(few),
      {
        name: `OpenSSH, ${many} hosts, a login each`,
        tool: 'ssh',
        command: 'xargs -P 32 -I{} ssh -p {} root@127.0.0.1 true',
        run: async (log) => runTimed({ words: [...words], cwd: folder, environment: cleanEnvironment() }, log),
      },
    ],
    close: fleet.close,
  }
}

export const fleet: Row = {
  number: 11,
  name: 'fleet',
  title: 'Hosts of a fleet',
  work: `${many} hosts on loopback, 32 at a time: from the inventory to every verdict and report.`,
  packages: [],
  goals: [],
  notes: [
    'The hosts are SSH servers of our own in one process, which answer with a recorded description of a host, so the time is that of logins, verdicts and reports. On these processors servers and clients share the time.',
    'OpenSSH only logs in and runs nothing; it believes any host key here, and boxhound believes only the right one.',
  ],
  open,
}
