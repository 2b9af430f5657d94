// What an assertion of the user's expects of a machine, as plain data for the suite.

/** What a text must be like; every part that is given must hold. */
export interface TextRule {
  /** The whole text, line breaks at its end aside. */
  readonly text?: string
  readonly contains?: readonly string[]
  readonly lacks?: readonly string[]
  /** A regular expression, flags m and u. */
  readonly pattern?: string
  /** Bounds of the number that the text is. */
  readonly min?: number
  readonly max?: number
}

export interface Range {
  readonly min?: number
  readonly max?: number
}

export interface CommandExpected {
  readonly kind: 'command'
  readonly words: readonly string[]
  /** Who runs it; default root. */
  readonly user?: string
  readonly status: number
  readonly stdout?: TextRule
  readonly stderr?: TextRule
}

export interface FileExpected {
  readonly kind: 'file'
  readonly path: string
  readonly absent: boolean
  readonly type?: 'file' | 'folder' | 'link'
  /** Octal, four digits. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  readonly size?: Range
  readonly sha256?: string
  /** Of a link. */
  readonly target?: string
  readonly content?: TextRule
}

export interface PortExpected {
  readonly kind: 'port'
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** The only address that it may listen on; default any. */
  readonly address?: string
  /** Each of them, not only these. */
  readonly among?: readonly string[]
  readonly listening: boolean
}

export interface UnitExpected {
  readonly kind: 'unit'
  readonly unit: string
  readonly active?: boolean
  readonly enabled?: boolean
}

export interface HttpExpected {
  readonly kind: 'http'
  /** On loopback. */
  readonly url: string
  readonly method: 'GET' | 'HEAD'
  /** The Host header, where it differs from the address. */
  readonly host?: string
  /** Accept any certificate. */
  readonly insecure: boolean
  readonly status: number
  readonly body?: TextRule
  readonly headers: Readonly<Record<string, TextRule>>
}

export interface PackageExpected {
  readonly kind: 'package'
  readonly package: string
  readonly absent: boolean
  readonly version?: TextRule
  readonly held?: boolean
  /** By the family of the box's system: the command that prints `VERSION STATE`, and the state of a held package. */
  readonly query?: { readonly command: readonly string[]; readonly held: string }
}

export interface UserExpected {
  readonly kind: 'user'
  readonly user: string
  readonly absent: boolean
  readonly uid?: number
  /** Primary group. */
  readonly group?: string
  /** Each of them, not only these. */
  readonly groups: readonly string[]
  readonly home?: string
  readonly shell?: string
}

export interface GroupExpected {
  readonly kind: 'group'
  readonly group: string
  readonly absent: boolean
  readonly gid?: number
  /** Each of them, not only these. */
  readonly members: readonly string[]
}

export interface ProcessExpected {
  readonly kind: 'process'
  readonly process: string
  readonly user?: string
  readonly count: Range
}

/** What another tool's file says and boxhound has no counterpart for: neither green nor red. */
export interface UnjudgedExpected {
  readonly kind: 'unjudged'
  readonly reasons: readonly string[]
}

export type Expected =
  | (CommandExpected | FileExpected | PortExpected | UnitExpected | HttpExpected)
  | (PackageExpected | UserExpected | GroupExpected | ProcessExpected | UnjudgedExpected)

/** An assertion of a box file, a layer or a goss.yaml: the id `expect.NAME` of the suite. */
export interface Assertion {
  readonly name: string
  readonly title: string
  /** Seconds in which it must come true. */
  readonly within: number
  readonly expected: Expected
}

/** Seconds that a service has to come up after a boot. */
export const usualWithin = 30
