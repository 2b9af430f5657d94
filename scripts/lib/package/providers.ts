// Vagrant providers and box names.

/** The providers that Vagrant boxes are built for. */
export const providers = ['libvirt', 'virtualbox'] as const
export type Provider = (typeof providers)[number]

/** The newest box of a provider, beside the image: `lab-libvirt.box`. */
export const newestFile = (box: string, provider: Provider): string => `${box}-${provider}.box`

/** The same box under a permanent name for catalogues: `lab-1.0.0-libvirt.box`. */
export const versionedFile = (box: string, version: string, provider: Provider): string =>
  `${box}-${version}-${provider}.box`

/** Vagrant's name for a box: `boxhound/lab`. */
export const boxName = (box: string): string => `boxhound/${box}`
