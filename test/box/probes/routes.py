"""Asks the app for each route, from inside the machine, with a user agent that marks the request."""

import urllib.error
import urllib.request


def ask(path: str) -> dict[str, object]:
    url = f'http://127.0.0.1:{INPUT["port"]}{path}'  # noqa: F821 - put in front by the suite
    request = urllib.request.Request(url, headers={'User-Agent': INPUT['marker']})  # noqa: F821
    # No proxy of the environment may stand between this and the app.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return {'path': path, 'status': answer.status, 'body': answer.read(10_000).decode('utf-8', 'replace'), 'error': ''}
    except urllib.error.HTTPError as error:
        return {'path': path, 'status': error.code, 'body': error.read(10_000).decode('utf-8', 'replace'), 'error': ''}
    except OSError as error:
        return {'path': path, 'status': 0, 'body': '', 'error': str(error)}


print(json.dumps([ask(path) for path in INPUT['paths']]))  # noqa: F821
