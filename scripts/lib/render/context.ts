import type { Box, Check } from '../box/types.ts'
import type { Context } from './template.ts'

/** Version of the Debian package that carries an Agent: `1:7.83.0-1`. */
export const agentPackage = (version: string): string => `1:${version}-1`

/**
 * What templates may name: `box`, `base`, `agent`, `database`, `app`; null where a box has none, so that `{{#if database}}` works.
 * Only choices, never a path of this machine: what is rendered must not depend on where it is rendered.
 */
export const contextOf = ({ name, version, base, agent, database, app }: Box): Context => ({
  box: { name, version },
  base: { kind: base.kind, release: base.kind === 'lab' ? base.release : null },
  agent: { ...agent, package: agentPackage(agent.version), lab: agent.version.endsWith('+lab') },
  database,
  app,
})

/** The same, for the files of one check's folder. */
export const checkContext = (box: Box, { name, interval, tags, options }: Check): Context => ({
  ...contextOf(box),
  check: { name, interval, tags, options },
})
