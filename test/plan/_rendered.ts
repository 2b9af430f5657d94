import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Project } from '../../scripts/lib/_helpers/paths.ts'
import type { Box, System } from '../../scripts/lib/box/box.ts'
import { emptySpec } from '../../scripts/lib/render/layer-spec.ts'
import type {
  LayerName,
  LayerSpec,
  Rendered,
  RenderedFile,
  RenderedLayer,
} from '../../scripts/lib/render/rendered-box.ts'
import { temporaryFolder } from '../helpers/_folder.ts'

/** What a plan reads of a project: the engine, the base image's sources, and the files that layers name. */
export const plannedProject = async (t: ExecutionContext): Promise<Project> => {
  const root = await temporaryFolder(t)
  for (const [path, content] of [
    ['provision/_engine/apply.sh', '#!/bin/bash\n'],
    ['provision/_engine/apt/host.sh', 'true\n'],
    ['provision/_engine/apt/packages.sh', 'install_packages() { true; }\n'],
    ['lab/base/build.sh', 'make it\n'],
    ['lab/base/README.md', 'how it is made\n'],
    ...['grow.sh', 'grow_table.py', 'growth.sh', 'import.sh'].map((name) => [`disk/${name}`, `${name}\n`] as const),
    ['lab/agent/src/agent.py', 'pass\n'],
    ['lab/images/root.sh', 'make it\n'],
    ['lab/images/agent/image.json', '{ "package": "lab/agent", "config": {} }'],
    ['requirements.txt', 'flask==3.1.3\n'],
  ] as const) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  return { tool: root, root, out: join(root, 'out'), cache: join(root, 'cache') }
}

export const system: System = { name: 'debian-13', id: 'debian', versionId: '13', python: '3.13' }

export const box: Box = {
  name: 'small',
  version: '1.0.0',
  file: '/small.yaml',
  base: { kind: 'lab', release: 'trixie', system },
  agent: {
    version: '7.83.0+lab',
    site: 'datadoghq.com',
    tags: [],
    logs: true,
    repository: {
      ...{ lab: 'lab/agent', url: 'http://apt.lab.invalid/', suite: 'stable', components: ['7'], keys: [] },
      keyUrls: ['http://keys.lab.invalid/current.public'],
    },
    run: 'package',
    image: null,
    subnet: '10.94.0.0/24',
    config: {},
    secrets: null,
    groups: [],
    after: [],
    flavor: 'base',
    companions: {},
  },
  database: null,
  checks: [],
  integrations: [],
  off: [],
  logs: [],
  app: null,
  refreshDays: 7,
  observe: {
    host: null,
    timezone: 'account',
    handles: [],
    tags: [],
    monitors: {},
    boards: [],
    exports: [],
    downtimes: null,
  },
  image: { size: null, formats: ['qcow2'] },
}

export const file = (path: string, content: string, mode = 0o644): RenderedFile => ({
  path,
  mode,
  content: Buffer.from(content),
  source: `provision/${path}`,
  language: 'text',
})

export const layer = (
  name: LayerName,
  spec: Partial<LayerSpec> = {},
  files: readonly RenderedFile[] = [file(`etc/${name}`, name)],
  scripts: readonly RenderedFile[] = [],
): RenderedLayer => ({
  name,
  folders: [`provision/${name}`],
  spec: { ...emptySpec, ...spec },
  files,
  scripts,
  data: [],
})

export const layers: readonly RenderedLayer[] = [
  layer('base', { packages: ['curl'] }),
  layer('agent', { packages: ['datadog-agent'], inputs: ['lab/agent'] }),
  layer('app', { wheels: [{ name: 'app', requirements: 'requirements.txt', python: '3.13' }] }),
  layer('checks'),
  layer('seal', {}, [], [file('01-seal.sh', 'rm -rf /tmp/*', 0o755)]),
]

export const renderedOf = (own: readonly RenderedLayer[] = layers, ownBox: Box = box): Rendered => ({
  box: ownBox,
  layers: own,
  expectations: {
    box: ownBox.name,
    version: ownBox.version,
    seed: 'credentials',
    agent: {
      version: ownBox.agent.version,
      package: { command: ['true'], version: '1:7.83.0+lab-1', state: 'hi' },
      lab: true,
      site: ownBox.agent.site,
      tags: [],
      logs: true,
      source: 'http://apt.lab.invalid/ stable 7',
    },
    container: null,
    checks: [],
    database: null,
    app: null,
    units: [],
    off: [],
  },
})
