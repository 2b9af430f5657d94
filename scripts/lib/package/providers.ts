// Vagrant providers and box names.

/** What Vagrant boxes are made for. */
export const providers = ['libvirt', 'virtualbox'] as const
export type Provider = (typeof providers)[number]

/** The newest box of a provider, beside the image: `lab-libvirt.box`. */
export const newestFile = (box: string, provider: Provider): string => `${box}-${provider}.box`

/** The same under the name that a catalogue may point to for ever: `lab-1.0.0-libvirt.box`. */
export const versionedFile = (box: string, version: string, provider: Provider): string =>
  `${box}-${version}-${provider}.box`

/** What Vagrant calls a box: `boxhound/lab`. */
export const boxName = (box: string): string => `boxhound/${box}`
