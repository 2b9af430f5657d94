// Version of boxhound itself.

import manifest from '../../../package.json' with { type: 'json' }

/** Version of boxhound itself, as package.json has it. */
export const boxhoundVersion: string = manifest.version
