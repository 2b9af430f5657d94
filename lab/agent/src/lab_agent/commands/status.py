"""`datadog-agent status`"""

import argparse
import json

from lab_agent.commands._running import ask
from lab_agent.commands._status_text import text
from lab_agent.scrub import scrub


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog='datadog-agent status')
    parser.add_argument('-j', '--json', action='store_true')
    parser.add_argument('-p', '--pretty-json', action='store_true')
    options = parser.parse_args(arguments)
    document = ask('/agent/status')
    as_json = options.json or options.pretty_json
    print(json.dumps(document, indent=2 if options.pretty_json else None) if as_json else scrub(text(document)))
    return 0
