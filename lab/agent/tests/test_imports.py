"""There are no import cycles in the lab Agent or its checks, not even for types."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

SOURCES = Path(__file__).parents[1] / 'src'


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCES).with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


def _imported(path: Path) -> set[str]:
    """Every module that an import could mean: `from a import b` is `a` or `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f'{node.module}.{alias.name}' for alias in node.names)
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {_name(path): path for path in SOURCES.rglob('*.py')}
    graph = {name: _imported(path) & modules.keys() - {name} for name, path in modules.items()}
    # Taking a module from its package counts as one edge, to the module; taking names from an `__init__` is another.
    for name, imports in graph.items():
        graph[name] = {one for one in imports if not any(other.startswith(f'{one}.') for other in imports)}
    TopologicalSorter(graph).prepare()
    assert graph['datadog_checks.mysql.check'] >= {'datadog_checks.mysql.replication', 'datadog_checks.mysql.queries'}
