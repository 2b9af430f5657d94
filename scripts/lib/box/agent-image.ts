// The names of images inside a box.

import type { Agent, App } from './box.ts'
import { parseImageReference } from './image-reference.ts'

/**
 * Name and tag under which a box stores the Agent's image. The tag is the Agent's version: `container.uptime` and the
 * like then carry it as `image_tag`.
 */
export const agentImageName = ({ image, version }: Pick<Agent, 'image' | 'version'>): string => {
  // A tag cannot hold a plus sign.
  const tag = version.replaceAll('+', '-')
  const parsed = image === null || image === 'lab' ? undefined : parseImageReference(image)
  if (parsed === undefined || typeof parsed === 'string') return `localhost/lab/agent:${tag}`
  return `${parsed.repository.host}/${parsed.repository.path}:${tag}`
}

/** Name and tag under which a box stores the app's image: its unit and its version. */
export const appImageName = ({ version, definition: { unit } }: Pick<App, 'version' | 'definition'>): string =>
  `localhost/boxhound/${unit.toLowerCase()}:${version.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`
