"""What every part of the journey uses: the unmodified package, the steps and how refusals are checked."""

import contextlib
import io
import json
import os
import sys
import traceback

from teable import TeableClient, TeableConfig
from teable.exceptions import APIError, AuthenticationError, ResourceNotFoundError

BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8080/api")
TOKEN = os.environ["TOKEN"]
DAY = {"date": "YYYY-MM-DD", "time": "None", "timeZone": "utc"}

passed = 0
failed = 0


def connect(token: str) -> TeableClient:
    return TeableClient(TeableConfig(api_url=BASE_URL, api_key=token, max_retries=0))


@contextlib.contextmanager
def step(title: str):
    """Count one step; the package prints while it creates a base, which is kept off the terminal."""
    global passed, failed
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
        passed += 1
    except Exception:
        failed += 1
        print(f"FAILED {title}\n{traceback.format_exc(limit=-4)}", file=sys.stderr)


@contextlib.contextmanager
def refused(kind: type, status: int, code: str = ""):
    """The calls inside must raise `kind`; an `APIError` carries the answer's body."""
    try:
        yield
    except kind as error:
        assert error.status_code == status, error
        if code:
            body = json.loads(error.response_body)
            assert (body["code"], body["status"], body["statusCode"]) == (code, status, status), body
            assert isinstance(body["message"], str)
    else:
        raise AssertionError(f"not refused with {status}")


def names(records: list) -> list:
    return [record["fields"].get("Name") for record in records]


def where(field: str, operator: str, value: object) -> dict:
    return {"conjunction": "and", "filterSet": [{"fieldId": field, "operator": operator, "value": value}]}


def finish() -> None:
    """Say how it went and end the process."""
    print(f"{passed} passed, {failed} failed")
    sys.exit(0 if failed == 0 else 1)
