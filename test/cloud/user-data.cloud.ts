import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { jsonIn } from '../../scripts/lib/verify/output-json.ts'
import { filledIn, userDataOf } from '../guide/_blocks.ts'
import { diskBytes, type Instance, startInstance, user } from './_machine.ts'

// Made up; no account has it.
const key = '0123456789abcdef'.repeat(2)
const examples = userDataOf('cloud-init').map((text) => filledIn(text, key))
let instance: Instance | undefined

const there = (): Instance => {
  if (instance === undefined) throw new Error('the instance did not start')
  return instance
}
const root = (script: string): Promise<string> => there().root(script)

test.serial.before('the guide’s first example starts an instance', async () => {
  instance = await startInstance(examples[0] ?? '')
})
test.serial.after.always('nothing stays up', () => instance?.remove())

test.serial('the Agent’s environment holds what user-data gave, for root and the Agent only', async (t) => {
  t.is(there().machine.facts.firstBoot, 'done')
  t.deepEqual((await root('cat /etc/datadog-agent/environment')).split('\n'), [
    `DD_API_KEY="${key}"`,
    'DD_SITE="datadoghq.eu"',
    'DD_TAGS="env:prod team:payments"',
    'DD_HOSTNAME="db-1.example"',
  ])
  t.is(await root('stat -c "%a %U:%G" /etc/datadog-agent/environment'), '640 root:dd-agent')
  t.is(await root('ls -A /etc/boxhound'), 'box.json')
})

test.serial('the running Agent sends the tags and the host name of user-data', async (t) => {
  const end = Date.now() + 120_000
  for (;;) {
    const status = jsonIn(await root('datadog-agent status --json || true')) as
      | { metadata?: { 'host-tags'?: { system?: string[] }; meta?: { hostname?: string } } }
      | undefined
    const tags = status?.metadata?.['host-tags']?.system ?? []
    if (tags.includes('team:payments') || Date.now() > end) {
      t.true(tags.includes('env:prod') && tags.includes('team:payments'), tags.join(' '))
      // `datadog-agent hostname` computes one by itself, without the unit's DD_HOSTNAME (guide/agent-contract.md).
      t.is(status?.metadata?.meta?.hostname, 'db-1.example')
      break
    }
    await sleep(2000)
  }
})

test.serial('nobody else in the instance can read the key', async (t) => {
  const found = await root(`printf '%s\\n' ${key} >/root/pattern
    grep --recursive --files-with-matches --fixed-strings --file=/root/pattern --devices=skip \\
      /etc /home /opt/datadog-agent/run /root /run /srv /tmp /usr/local /var 2>/dev/null | while read -r path; do stat -c '%a %U:%G %n' -- "$path"; done
    ps -e -o args= | grep --count --fixed-strings --file=/root/pattern || true
    journalctl --boot --output=cat --no-pager | grep --count --fixed-strings --file=/root/pattern || true`)
  const lines = found.split('\n')
  t.deepEqual(lines.slice(-2), ['0', '0'], 'neither in a command line nor in the journal')
  const files = lines.slice(0, -2).map((line) => line.split(' '))
  t.true(files.some(([, , path]) => path === '/etc/datadog-agent/environment'))
  t.true(
    files.some(([, , path]) => path?.startsWith('/var/lib/cloud/')),
    'cloud-init keeps user-data, as the guide says',
  )
  const expected = (path: string | undefined): RegExp =>
    path === '/etc/datadog-agent/environment' ? /^640 root:dd-agent/ : /^[46]00 root:root/
  for (const [mode, owner, path] of files)
    if (path !== '/root/pattern') t.regex(`${mode} ${owner} ${path}`, expected(path))
  await root('rm /root/pattern')
})

test.serial('the key is neither on the console nor in a command line or file of this machine', async (t) => {
  const { folder, machine } = there()
  t.false((await readFile(`/proc/${machine.process.pid}/cmdline`, 'latin1')).includes(key))
  t.false(existsSync(join(folder, 'credentials')))
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'))
  t.deepEqual(logs.sort(), ['console.log', 'qemu.log'])
  for (const name of logs) t.false((await readFile(join(folder, name), 'latin1')).includes(key), name)
})

test.serial('the cloud’s host name wins, its SSH key opens the default user and not root', async (t) => {
  const name = await root('cat /etc/hostname')
  t.regex(name, /^boxhound-[0-9a-f]{6}$/)
  t.is(await root('cloud-init query ds.meta_data.local-hostname || cloud-init query local_hostname'), name)
  t.is(await root('hostname'), name)
  t.is(await root('grep -c "^127.0.1.1 $(hostname)$" /etc/hosts'), '1')
  t.is(await root(`stat -c '%a %U' ~${user}/.ssh/authorized_keys`), `600 ${user}`)
  t.regex(await root('cat /root/.ssh/authorized_keys'), /command="echo .*Please login as the user/)
})

test.serial('the host keys on the console are those that sshd has, made on this instance', async (t) => {
  const told = await root('for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done')
  const prints = told.split('\n').map((line) => line.split(' ')[1] ?? '')
  t.deepEqual([...prints].sort(), Object.values(there().machine.facts.hostKeys).sort())
  t.deepEqual(Object.keys(there().machine.facts.hostKeys).sort(), ['ecdsa-sha2-nistp256', 'ssh-ed25519'])
})

test.serial('the root file system has grown to the disk', async (t) => {
  t.true(Number(await root('df --output=size -B1 / | tail -n 1')) > diskBytes * 0.8)
})

test.serial('cloud-init ended without a complaint, and systemd broke no ordering', async (t) => {
  const status = jsonIn(await root('cloud-init status --wait --format json')) as Record<string, unknown>
  t.deepEqual([status.status, status.errors, status.recoverable_errors], ['done', [], {}])
  t.is(await root('journalctl --boot --no-pager | grep -ciE "ordering cycle|job .* deleted to break" || true'), '0')
  // Man pages are left out of images; systemd-analyze looks for those too.
  t.is(
    await root(
      'systemd-analyze verify --man=no boxhound-first-boot.service boxhound-host-keys.service ssh.service cloud-init.target 2>&1',
    ),
    '',
  )
})

test.serial('first boot came after cloud-init’s network stage, before SSH and the Agent', async (t) => {
  const at = async (unit: string, property: string): Promise<number> =>
    Number(await root(`systemctl show --property=${property}TimestampMonotonic --value ${unit}`))
  const network = Math.max(
    await at('cloud-init.service', 'ActiveEnter'),
    await at('cloud-init-network.service', 'ActiveEnter'),
  )
  const [begun, done] = await Promise.all(
    ['InactiveExit', 'ActiveEnter'].map((property) => at('boxhound-first-boot-early.service', property)),
  )
  t.true(network > 0 && network <= (begun ?? 0), `${network} ${begun}`)
  t.true((done ?? 0) <= (await at('ssh.service', 'InactiveExit')))
  t.true(
    (await at('boxhound-first-boot.service', 'ActiveEnter')) <= (await at('datadog-agent.service', 'InactiveExit')),
  )
})

for (const [index, example] of examples.entries())
  test.serial(`cloud-init finds no fault in example ${index + 1} of the guide`, async (t) => {
    const checked = await root(
      `cat >/root/example.yaml <<'END'\n${example}END\ncloud-init schema --config-file /root/example.yaml 2>&1`,
    )
    t.regex(checked, /[Vv]alid/)
    t.notRegex(checked, /[Ii]nvalid|deprecat/)
  })

test.serial('a key from a secret store lands in files that only their readers can read', async (t) => {
  const client = `#!/bin/sh\n[ "$*" = "read datadog/api-key" ] && echo ${key}\n`
  await root(`cat >/usr/local/bin/your-secret-store <<'END'\n${client}END\nchmod 0755 /usr/local/bin/your-secret-store`)
  for (const example of examples.filter((text) => text.includes('bootcmd'))) {
    await root(`cat >/root/example.yaml <<'END'\n${example}END
      rm -f /var/lib/cloud/instance/sem/bootper.boxhound_key.instance
      for module in bootcmd write_files; do cloud-init single --file /root/example.yaml --name "$module" --frequency always; done`)
  }
  t.is(await root('cat /etc/boxhound/seed.env'), `DD_API_KEY=${key}\nDD_TAGS=env:prod team:payments`)
  t.is(await root('cat /etc/datadog-agent/secrets/dd_api_key'), key)
  t.deepEqual(
    (
      await root(
        'stat -c "%a %U" /etc/boxhound/seed.env /etc/datadog-agent/secrets /etc/datadog-agent/secrets/dd_api_key /etc/datadog-agent/datadog.yaml',
      )
    ).split('\n'),
    ['600 root', '700 dd-agent', '600 dd-agent', '640 dd-agent'],
  )
  t.regex(await root('cat /etc/datadog-agent/datadog.yaml'), /\napi_key: "ENC\[dd_api_key\]"\n/)
})
