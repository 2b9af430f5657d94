"""Links each module of a folder of packages into checks.d, unless the Agent has one of that name."""

import importlib.util
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r'[-_.]+', '-', name).lower()


def versions(found: list[Distribution]) -> dict[str, str]:
    """Versions by normal name."""
    return {normal(one.metadata['Name']): one.version for one in found}


def module_of(entry: Path) -> str | None:
    """The module that a file or folder would be imported as; None for metadata."""
    if entry.suffix in {'.dist-info', '.pth'}:
        return None
    name = entry.name.split('.')[0]
    return name if name.isidentifier() else None


def is_taken(module: str) -> bool:
    """Whether the Agent's Python has a module of that name; folders without __init__.py are merged, not hidden."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.origin is not None


def problems(packages: Path) -> list[str]:
    """Packages and modules that the Agent has itself: it would use its own, whatever was locked."""
    own, ours = versions(list(distributions())), versions(list(distributions(path=[str(packages)])))
    both = sorted(ours.keys() & own.keys())
    twice = [f'{name} {ours[name]} is in the Agent already, as {own[name]}' for name in both]
    modules = {module for entry in packages.iterdir() if (module := module_of(entry))}
    return twice or [f'the module {module} is in the Agent already' for module in sorted(modules) if is_taken(module)]


def link(packages: Path, checks: Path) -> None:
    """Replaces the links of an earlier run; refuses to hide a file that is none."""
    for entry in checks.iterdir():
        if entry.is_symlink() and entry.readlink().parent == packages:
            entry.unlink()
    for entry in sorted(packages.iterdir()):
        if entry.name == '__pycache__' or entry.suffix == '.pth':
            continue
        place = checks / entry.name
        if place.exists() or place.is_symlink():
            raise SystemExit(f'boxhound: {place} is there already, and a package brings {entry.name}')
        place.symlink_to(entry)


def main() -> None:
    """Called as link.py PACKAGES CHECKS_D, by the Agent's Python."""
    packages, checks = Path(sys.argv[1]), Path(sys.argv[2])
    found = problems(packages)
    if found:
        raise SystemExit('boxhound: lock again, for the Agent of this box:\n  ' + '\n  '.join(found))
    link(packages, checks)


if __name__ == '__main__':
    main()
