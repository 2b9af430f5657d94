// Compiles an image's Python files; finds the classes that could be the check.

import { outcomeOf } from '../_helpers/child.ts'
import { BoxhoundError, isErrno } from '../_helpers/errors.ts'
import type { RenderedFile } from './rendered-box.ts'

interface Broken {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly text: string
}

interface Class {
  readonly name: string
  readonly line: number
}

/** Python's report on one file: why it doesn't compile, or the classes that an Agent could take for the check. */
interface Report {
  readonly broken: Broken | null
  readonly classes: readonly Class[]
}

interface Answer {
  readonly version: readonly [major: number, minor: number]
  readonly reports: readonly Report[]
}

/**
 * Base classes of datadog-checks-base, which the Agent also takes for a check if a module imports one without deriving from it. Classes with
 * bases from elsewhere are not considered.
 */
const inspect = `
import ast, base64, json, sys, warnings
warnings.simplefilter('ignore')
ROOT = {'AgentCheck', 'AgentCheckBase'}
LEAVES = {'OpenMetricsBaseCheck', 'OpenMetricsBaseCheckV2', 'PrometheusCheck', 'GenericPrometheusCheck', 'NetworkCheck',
          'KubeLeaderElectionBaseCheck', 'PDHBaseCheck'}

def statements(body):
    for node in body:
        yield node
        for name in ('body', 'orelse', 'finalbody'):
            if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from statements(getattr(node, name, []))
        for handler in getattr(node, 'handlers', []):
            yield from statements(handler.body)

def last(node):
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ''

def classes(tree):
    known, found, derived, removed = {}, {}, set(), set()
    for node in statements(tree.body):
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] in ('datadog_checks', 'checks'):
            for alias in node.names:
                if alias.name in ROOT | LEAVES:
                    known[alias.asname or alias.name] = alias.name
                    if alias.name in LEAVES:
                        found[alias.asname or alias.name] = node.lineno
        elif isinstance(node, ast.ClassDef):
            bases = [last(base) for base in node.bases]
            ours = [base for base in bases if base in known or base in found or base in ROOT]
            derived.update(ours)
            if ours:
                found[node.name] = node.lineno
        elif isinstance(node, ast.Delete):
            removed.update(last(target) for target in node.targets)
    return [{'name': name, 'line': line} for name, line in sorted(found.items()) if name not in derived | removed]

def report(content, path):
    try:
        tree = ast.parse(content, path)
        compile(content, path, 'exec', dont_inherit=True)
        return {'broken': None, 'classes': classes(tree)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {'classes': [], 'broken': {
            'line': getattr(error, 'lineno', None) or 1, 'column': getattr(error, 'offset', None) or 1,
            'message': getattr(error, 'msg', None) or str(error), 'text': (getattr(error, 'text', None) or '').rstrip()}}

files = json.load(sys.stdin)
json.dump({'version': sys.version_info[:2],
           'reports': [report(base64.b64decode(one['content']), one['path']) for one in files]}, sys.stdout)
`

/** Asks this machine's Python; undefined without one. */
const ask = async (files: readonly RenderedFile[]): Promise<Answer | undefined> => {
  const input = JSON.stringify(files.map(({ path, content }) => ({ path, content: content.toString('base64') })))
  try {
    const { stdout } = await outcomeOf('python3', ['-IS', '-c', inspect], { input, timeout: 60_000 })
    return JSON.parse(stdout.toString('utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Syntax newer than Python 3.11: an older version rejects what the guest accepts. */
const newer =
  /^\s*(?:type\s+\w+\s*[=[]|(?:async\s+)?def\s+\w+\s*\[|class\s+\w+\s*\[|except\s*\*)|(?<!\w)[rR]?[fFtT][rR]?["']/

/** Whether the guest's Python would also reject it. */
const isCertain = ({ message, text }: Broken, [, minor]: Answer['version'], guest: string): boolean =>
  minor >= Number(guest.split('.')[1] ?? 0) || !(/f-string|t-string/.test(message) || newer.test(text))

const python2 =
  /Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized|leading zeros in decimal/

const refuse = ({ source, path }: RenderedFile, { line, column, message, text }: Broken, banner: number): never => {
  throw new BoxhoundError('E_PYTHON', `${path.split('/').at(-1)} is not valid Python 3: ${message}`, {
    file: source,
    line: Math.max(line - banner, 1),
    column,
    exitCode: 2,
    expected: 'code that the Agent’s Python 3 compiles',
    found: text.trim() === '' ? message : text.trim(),
    next: python2.test(message) ? 'this is Python 2: convert it, for example with 2to3 or by hand' : 'correct the line',
  })
}

/** Number of lines added by a template's banner. */
const bannerOf = ({ source, content }: RenderedFile): number =>
  source.endsWith('.hbs') && content.subarray(0, 400).toString('utf8').includes('do not edit') ? 1 : 0

const isCheckModule = (path: string): boolean => /^etc\/datadog-agent\/checks\.d\/[^/]+\.py$/.test(path)

/**
 * Compiles every Python file of an image with this machine's Python. If that is older than the guest's, only what every Python 3 rejects is an
 * error. Also rejects a check's module with two classes that could be the check: which one the Agent picks depends on its version.
 *
 * @param guest version of the guest's Python, e.g. "3.13".
 * @throws BoxhoundError E_PYTHON or E_CHECK (exit code 2) with file and line.
 */
export const assertPython = async (files: readonly RenderedFile[], guest: string): Promise<void> => {
  const own = files.filter(({ language }) => language === 'python')
  if (own.length === 0) return
  const answer = await ask(own)
  if (answer === undefined) return
  for (const [index, file] of own.entries()) {
    const report = answer.reports[index]
    if (report === undefined) continue
    const banner = bannerOf(file)
    if (report.broken !== null && isCertain(report.broken, answer.version, guest)) refuse(file, report.broken, banner)
    const [first, second] = report.classes
    if (!isCheckModule(file.path) || first === undefined || second === undefined) continue
    throw new BoxhoundError('E_CHECK', `two classes could be the check: ${first.name} and ${second.name}`, {
      file: file.source,
      line: Math.max(second.line - banner, 1),
      exitCode: 2,
      expected: 'exactly one class that derives from AgentCheck and has no subclass',
      found: report.classes.map(({ name, line }) => `${name} (line ${Math.max(line - banner, 1)})`).join(', '),
      next: 'keep one in this module; move the other to a folder of its own, or derive one from the other. Which one runs depends on the Agent’s version',
    })
  }
}
