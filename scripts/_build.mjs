// Compiles the verbs: at their first start in a checkout (_run.mjs), and into the npm package (_pack.mjs).
import { join } from 'node:path'
import { compile } from './_bundle.mjs'

/** Compiles scripts/_main.ts and everything that it imports into `_main.mjs` and its chunks. */
export const buildVerbs = (scripts, folder, sourcemap = true) =>
  compile({
    entryPoints: [join(scripts, '_main.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    sourcemap,
    // Half the bytes to compile at every start; names stay for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    external: ['ssh2', 'esbuild', 'protobufjs', '@datadog/datadog-api-client'],
  })
