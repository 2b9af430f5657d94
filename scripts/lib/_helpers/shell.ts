// zx without the caller's environment.

import { type Options, type ProcessPromise, type Shell, $ as zx } from 'zx'
import { cleanEnvironment } from './environment.ts'

/**
 * zx, quiet and with a clean environment, always called with its options: await $({ nothrow: true })`qemu-img info ${image}`. The linter refuses zx itself
 * (biome.json), which hands on all of the caller's.
 */
export const $ = (options: Partial<Options> = {}): Shell<false, ProcessPromise> =>
  zx({ quiet: true, env: cleanEnvironment(), ...options })
