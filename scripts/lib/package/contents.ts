// Small files in a Vagrant box.

import { join } from 'node:path'
import type { Project } from '../_helpers/paths.ts'
import { boxhoundVersion } from '../_helpers/version.ts'
import type { Published } from '../boot/published-image.ts'
import { renderTemplateFile } from '../render/template.ts'
import type { Hardware } from './hardware.ts'
import { macOf } from './ovf.ts'
import type { Provider } from './providers.ts'

/** The disk inside a box; Vagrant’s VirtualBox provider reads its name from box.ovf. */
export const diskFile = (provider: Provider): string => (provider === 'libvirt' ? 'box_0.img' : 'box.vmdk')

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/**
 * metadata.json. vagrant-libvirt 0.11 and newer read `disks`; the disk’s name becomes that of a volume in libvirt’s storage pool, which
 * outlives the box: with the image’s digest in it, another image under an old version is never taken for the one that lies there.
 */
const metadata = (provider: Provider, { sha256, expectations }: Published): string =>
  json(
    provider === 'libvirt'
      ? {
          provider,
          format: 'qcow2',
          disks: [{ path: diskFile(provider), name: `${expectations.box}-${sha256.slice(0, 16)}` }],
        }
      : { provider },
  )

/** info.json: what `vagrant box list -i` shows, and how the Vagrantfile tells a box from another of the same version. */
const info = ({ sha256, expectations: { box, version, agent } }: Published): string =>
  json({ box, version, image: `sha256:${sha256}`, agent: agent.version, boxhound: boxhoundVersion })

/** The small files of a box, by name, in the order in which they stand in it: before the disk, so that a reader has them at once. */
export const boxTexts = (
  provider: Provider,
  published: Published,
  hardware: Hardware,
  { root }: Project,
): ReadonlyMap<string, string> => {
  const source = `packer/vagrant/${provider}/Vagrantfile.hbs`
  const context = { hardware, app: published.expectations.app, mac: macOf(published.sha256) }
  return new Map([
    ['metadata.json', metadata(provider, published)],
    ['info.json', info(published)],
    ['Vagrantfile', renderTemplateFile(join(root, source), context, { source, language: 'ruby' }).content],
  ])
}
