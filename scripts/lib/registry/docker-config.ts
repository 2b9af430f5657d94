// Credentials from docker's config file and credential helpers.

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { startChild } from '../_helpers/child.ts'
import { cleanEnvironment, namedVariables } from '../_helpers/environment.ts'
import { BoxhoundError } from '../_helpers/errors.ts'

/** Credentials for a registry: never print them. */
export type Credential =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token, which a token service exchanges for a short-lived one. */
  | { readonly kind: 'identity'; readonly token: string }

const configSchema = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
})
type Config = z.infer<typeof configSchema>

const answerSchema = z.object({ Username: z.string(), Secret: z.string() })

/** Docker Hub's entry is named after an address that is no longer in use. */
const entryName = (host: string): string => (host === 'docker.io' ? 'https://index.docker.io/v1/' : host)

/** Docker's config file, in which `docker login` stores credentials. */
export const dockerConfigPath = ({ DOCKER_CONFIG: folder }: NodeJS.ProcessEnv = process.env): string =>
  join(folder || join(homedir(), '.docker'), 'config.json')

const configError = (file: string, expected: string, found: string, cause?: unknown): BoxhoundError =>
  new BoxhoundError('E_DOCKER_CONFIG', 'cannot use docker’s config file', {
    file,
    expected,
    found,
    exitCode: 2,
    cause,
    next: 'recreate it with docker login, or set DOCKER_CONFIG to another folder',
  })

const readConfig = async (file: string): Promise<Config> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT') return {}
    throw configError(file, 'a readable file', code, error)
  }
  try {
    return configSchema.parse(JSON.parse(text))
  } catch {
    // Errors quote nothing from the file, since any part of it may be a password.
    throw configError(file, 'JSON with auths, credHelpers or credsStore as docker writes them', 'something else')
  }
}

const deadline = 30_000
const longest = 100_000

/** Variables that the helpers of clouds and password stores need. None of Datadog's is among them. */
const helperVariables =
  /^((AWS|AZURE|GOOGLE|CLOUDSDK|GCLOUD|GITHUB|GITLAB|ACR|DOCKER)_[A-Z_]+|XDG_[A-Z_]+|GNUPGHOME|GPG_TTY|PASSWORD_STORE_DIR|DBUS_SESSION_BUS_ADDRESS|DISPLAY|(https?|no)_proxy|(HTTPS?|NO)_PROXY)$/

/** Runs `docker-credential-NAME get`, with the registry on stdin; undefined if it has no credentials. */
const askHelper = async (name: string, registry: string, file: string): Promise<Credential | undefined> => {
  const program = `docker-credential-${name}`
  const refuse = (found: string, cause?: unknown): BoxhoundError =>
    new BoxhoundError('E_CREDENTIAL_HELPER', `${program} gave no credentials`, {
      file,
      expected: 'JSON with Username and Secret on its stdout',
      found,
      cause,
      next: `try it by hand: echo ${registry} | ${program} get >/dev/null`,
    })
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw configError(file, 'the end of a program’s name in credHelpers or credsStore', 'something else')
  const child = startChild(program, ['get'], {
    environment: { ...cleanEnvironment(), ...namedVariables(helperVariables) },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: deadline,
  })
  child.stdin?.on('error', () => {}).end(registry) // a helper that doesn't read stdin is judged by its answer
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (output.length < longest) output += text
  })
  const status = await new Promise<string>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(refuse(error.code === 'ENOENT' ? 'no such program in PATH' : (error.code ?? String(error)), error)),
    )
    child.once('close', (code, signal) => resolve(signal === null ? `status ${code}` : `ended by ${signal}`))
  })
  if (status !== 'status 0') {
    if (/credentials not found/i.test(output)) return undefined
    throw refuse(status)
  }
  try {
    const { Username: user, Secret: secret } = answerSchema.parse(JSON.parse(output))
    if (user === '<token>') return { kind: 'identity', token: secret }
    return user === '' && secret === '' ? undefined : { kind: 'password', user, password: secret }
  } catch {
    throw refuse('something else') // not quoted, since it may be the secret
  }
}

/** `https://host/v1/` and `host` mean the same entry. */
const hostOf = (entry: string): string => entry.replace(/^https?:\/\//, '').replace(/\/.*$/, '')

const fromEntry = ({ auths = {} }: Config, name: string, file: string): Credential | undefined => {
  const entry = auths[name] ?? Object.entries(auths).find(([other]) => hostOf(other) === hostOf(name))?.[1]
  if (entry?.identitytoken !== undefined && entry.identitytoken !== '')
    return { kind: 'identity', token: entry.identitytoken }
  if (entry?.auth === undefined || entry.auth === '') return undefined
  const text = Buffer.from(entry.auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1) throw configError(file, `USER:PASSWORD in base64 in auths for ${name}`, 'something else')
  return { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') }
}

/**
 * The credentials for a registry from docker's config file, or from the helper that it names.
 *
 * @param host of the registry, with its port if it has one.
 * @returns undefined if there are none; then requests are anonymous.
 * @throws BoxhoundError E_DOCKER_CONFIG (exit code 2) or E_CREDENTIAL_HELPER, without any part of a secret.
 */
export const credentialFor = async (
  host: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credential | undefined> => {
  const file = dockerConfigPath(environment)
  const config = await readConfig(file)
  const name = entryName(host)
  const helper = config.credHelpers?.[name] ?? config.credHelpers?.[host] ?? config.credsStore
  const asked = helper === undefined || helper === '' ? undefined : await askHelper(helper, name, file)
  return asked ?? fromEntry(config, name, file)
}
