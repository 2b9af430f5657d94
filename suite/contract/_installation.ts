import { parse } from 'yaml'
import * as z from 'zod'
import { type Agent, at } from './_agent.ts'
import type { Clause } from './_clause.ts'

const factsSchema = z.record(
  z.string(),
  z.object({ owner: z.string(), group: z.string(), mode: z.string(), socket: z.boolean() }),
)
type Facts = z.infer<typeof factsSchema>

const facts = (agent: Agent): Promise<Facts> =>
  agent.guest.once('facts', async () => factsSchema.parse(await agent.python('facts.py')))

const matching = async (agent: Agent, pattern: RegExp): Promise<[string, Facts[string]][]> =>
  Object.entries(await facts(agent)).filter(([path]) => pattern.test(path))

const show = async (agent: Agent, unit: string, names: readonly string[]): Promise<Map<string, string>> => {
  const { stdout } = await agent.guest.run(['systemctl', 'show', ...names.flatMap((name) => ['-p', name]), '--', unit])
  return new Map(stdout.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
}

const unit = 'datadog-agent.service'

/** "Installing the Agent by apt" and "Units and identity". */
export const installation: readonly Clause[] = [
  {
    line: 'the package’s version is 1:7.NN.P-1',
    run: async (t, { guest }) => {
      const { stdout } = await guest.run(['dpkg-query', '-W', '-f', '$' + '{Version}', 'datadog-agent'])
      t.regex(stdout, /^1:7\.\d+\.\d+(\+lab)?-1$/)
    },
  },
  {
    line: 'datadog-agent is held',
    run: async (t, { guest }) => {
      const { stdout } = await guest.run(['apt-mark', 'showhold'])
      t.true(stdout.split('\n').includes('datadog-agent'), stdout)
    },
  },
  {
    line: '`datadog-agent version` prints the requested version',
    run: async (t, { command, context }) => {
      const { code, stdout } = await command(['version'])
      t.is(code, 0)
      t.regex(stdout, /^Agent 7\.\d+\.\d+/)
      t.true(stdout.startsWith(`Agent ${context.expectations.agent.version}`), stdout)
    },
  },
  {
    line: 'datadog.yaml: owner dd-agent:dd-agent, mode 0640',
    run: async (t, agent) =>
      void t.like((await facts(agent))['/etc/datadog-agent/datadog.yaml'], {
        owner: 'dd-agent',
        group: 'dd-agent',
        mode: '0640',
      }),
  },
  {
    line: 'every conf.d/NAME.d/conf.yaml: owner dd-agent:dd-agent, mode 0640',
    run: async (t, agent) => {
      const found = await matching(agent, /\/conf\.d\//)
      t.true(found.length > 0)
      for (const [path, about] of found) t.like(about, { owner: 'dd-agent', group: 'dd-agent', mode: '0640' }, path)
    },
  },
  {
    line: 'checks.d/NAME.py: 0755 or 0644, same owner',
    run: async (t, agent) => {
      const found = await matching(agent, /\/checks\.d\//)
      t.true(found.length > 0)
      for (const [path, { owner, group, mode }] of found)
        t.regex(`${owner}:${group} ${mode}`, /^dd-agent:dd-agent 0(755|644)$/, path)
    },
  },
  {
    line: '/etc/datadog-agent/environment: 0640 root:dd-agent',
    run: async (t, agent) =>
      void t.like((await facts(agent))['/etc/datadog-agent/environment'], {
        owner: 'root',
        group: 'dd-agent',
        mode: '0640',
      }),
  },
  {
    line: 'once started, the Agent has auth_token and ipc_cert.pem, which no other user can read',
    run: async (t, agent) => {
      for (const name of ['auth_token', 'ipc_cert.pem'])
        t.regex((await facts(agent))[`/etc/datadog-agent/${name}`]?.mode ?? 'absent', /^0[46][04]0$/, name)
    },
  },
  {
    line: 'install_info from a builder is kept, and status shows it',
    run: async (t, { guest, status }) => {
      const { stdout } = await guest.run(['cat', '/etc/datadog-agent/install_info'])
      const { tool, tool_version, installer_version } = z
        .object({ tool: z.string(), tool_version: z.coerce.string(), installer_version: z.coerce.string() })
        .parse(at(parse(stdout), 'install_method'))
      const metadata = (await status()).agent_metadata
      t.is(at(metadata, 'install_method_tool'), tool)
      t.is(at(metadata, 'install_method_tool_version'), tool_version)
      t.is(at(metadata, 'install_method_installer_version'), installer_version)
    },
  },
  {
    line: 'datadog-agent.service: User=dd-agent, RuntimeDirectory=datadog, Restart=on-failure',
    run: async (t, agent) => {
      const found = await show(agent, unit, ['User', 'RuntimeDirectory', 'Restart'])
      t.deepEqual(
        [found.get('User'), found.get('RuntimeDirectory'), found.get('Restart')],
        ['dd-agent', 'datadog', 'on-failure'],
      )
    },
  },
  {
    line: 'datadog-agent.service: EnvironmentFile=-/etc/datadog-agent/environment',
    run: async (t, agent) => {
      const found = await show(agent, unit, ['EnvironmentFiles'])
      t.regex(found.get('EnvironmentFiles') ?? '', /^\/etc\/datadog-agent\/environment \(ignore_errors=yes\)/)
    },
  },
  {
    line: 'it runs /opt/datadog-agent/bin/agent/agent run -p /opt/datadog-agent/run/agent.pid',
    run: async (t, agent) => {
      const found = await show(agent, unit, ['ExecStart'])
      t.true(
        (found.get('ExecStart') ?? '').includes(
          'argv[]=/opt/datadog-agent/bin/agent/agent run -p /opt/datadog-agent/run/agent.pid ;',
        ),
      )
      const { stdout } = await agent.guest.run(['cat', '/opt/datadog-agent/run/agent.pid'])
      const { stdout: main } = await agent.guest.run(['systemctl', 'show', '--value', '-p', 'MainPID', '--', unit])
      t.is(stdout.trim(), main.trim())
    },
  },
  {
    line: 'datadog-agent-trace.service has BindsTo=datadog-agent.service',
    run: async (t, agent) => {
      const found = await show(agent, 'datadog-agent-trace.service', ['BindsTo', 'User'])
      t.true((found.get('BindsTo') ?? '').split(' ').includes(unit))
      t.is(found.get('User'), 'dd-agent')
    },
  },
]
