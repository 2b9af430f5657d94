// Makes a copy of the disk with planted secrets.

import { writeFile } from 'node:fs/promises'
import { BoxhoundError } from '../_helpers/errors.ts'
import { sha256 } from '../_helpers/hash.ts'
import type { Project } from '../_helpers/paths.ts'
import { $ } from '../_helpers/shell.ts'
import type { DatabaseExpectation } from '../render/rendered-box.ts'
import { absentPathsOf, databaseSources, plantedPath } from './absent.ts'
import { agentAccount, runDiskTool } from './disk.ts'
import { deviceOf, type FileSystem, readLayout } from './layout.ts'
import { type Builder, canary } from './patterns.ts'

const hex = (length: number): string => '0123456789abcdef'.repeat(4).slice(0, length)
const letters = 'QWxsIG9mIHRoaXMgaXMgcGxhbnRlZCBhbmQgb3BlbnMgbm90aGluZyBhdCBhbGwu'

/** Forty digits that don't repeat: text that a compressor codes digit by digit, and with it the secrets beside it. */
const digits = (seed: number): string =>
  BigInt(`0x${sha256(String(seed))}`)
    .toString()
    .slice(0, 40)

/**
 * A file that holds one of everything that a scan looks for, among ordinary lines, large enough to get a place
 * of its own on the disk: beside packed data a compressor would leave it readable. None of it opens anything.
 */
export const canaryText = ({ hostName, own }: Builder): string => {
  const planted = [
    `${canary}${hex(32)}`,
    // The parts are joined here so that this file is no finding itself.
    `${['-----BEGIN OPENSSH', 'PRIVATE KEY-----'].join(' ')}\n${letters}`,
    `ssh-ed25519 AAAA${letters}`,
    `api_key: ${hex(32)}`,
    `build:$${'y'}$j9T$${letters.slice(0, 22)}$${letters}`,
    `password = Planted${letters.slice(0, 16)}`,
    `https://build:Planted4you@mirror.example/`,
    `${'ghp'}_${letters.slice(0, 36)}`,
    `${'eyJ'}${letters.slice(0, 20)}.eyJ${letters.slice(0, 20)}.${letters.slice(0, 20)}`,
    `root@${hostName}`,
    ...own.map(({ text }) => text),
  ]
  const filler = (from: number): string[] => Array.from({ length: 400 }, (_, line) => `# ${digits(from * 400 + line)}`)
  return `${planted.flatMap((line, index) => [...filler(index), line]).join('\n')}\n`
}

/** Does to a raw disk what an unclean end does: marks the file system as in use, and counts a used block as free. */
const damage = async (raw: string, fileSystem: FileSystem): Promise<void> => {
  const device = deviceOf(raw, fileSystem)
  for (const request of ['set_super_value state 0', 'freeb 100'])
    await $({ quiet: true })`debugfs -w -R ${request} ${device}`
}

/**
 * Makes a copy of an image in which every leftover was planted, and in which a file with secrets was written and
 * deleted again; compressed as the published one is, its free blocks never trimmed.
 *
 * @param raw the expanded image; it becomes the planted disk.
 * @param folder receives the other files; @returns the copy.
 */
export const plantCopy = async (
  raw: string,
  folder: string,
  { builder, database }: { readonly builder: Builder; readonly database: DatabaseExpectation | null },
  project: Project,
): Promise<string> => {
  const [plan, secrets, copy] = [`${folder}/plan.json`, `${folder}/canary`, `${folder}/planted.qcow2`]
  const paths = absentPathsOf(database).flatMap(({ paths: patterns }) => patterns.map(plantedPath))
  const files = [
    ...(database?.lines ?? []).map(({ path, planted }) => [path, planted]),
    ...(database?.source === undefined
      ? []
      : [[databaseSources, 'deb [trusted=yes] http://mirror.example/db stable main\n']]),
    ...(database?.tables ?? []).map((path) => [plantedPath(path), agentAccount]),
  ]
  await writeFile(plan, JSON.stringify({ paths: [...new Set(paths)], files: Object.fromEntries(files) }))
  await writeFile(secrets, canaryText(builder))
  const [root, ...others] = await readLayout(raw, project)
  await runDiskTool('plant.py', [raw, String(root.offset), plan, secrets], project)
  await damage(raw, root)
  // Of other file systems each gets a secret that was deleted again, and an unclean end.
  for (const other of others.filter(({ kind }) => kind.startsWith('ext'))) {
    await runDiskTool('plant.py', [raw, String(other.offset), '-', secrets], project)
    await damage(raw, other)
  }
  const words = [
    'convert',
    '-c',
    '-f',
    'raw',
    '-O',
    'qcow2',
    '-o',
    'compression_type=zstd,cluster_size=2M',
    '-m',
    '16',
    '-W',
  ]
  const done = await $({ nothrow: true, quiet: true })`qemu-img ${words} -- ${raw} ${copy}`
  if (done.exitCode !== 0)
    throw new BoxhoundError('E_PLANT', 'the planted copy cannot be written', { file: copy, found: done.stderr.trim() })
  return copy
}
