"""What the two journeys of Ninox clients share: where the API is, and a database of their own to work in."""

import requests
from kit import BASE_URL, TOKEN

ROOT = BASE_URL.removesuffix("/api").removesuffix("/donotname")
AUTH = {"Authorization": f"Bearer {TOKEN}"}

SCHEMA = {
    "types": {
        "A": {
            "caption": "Contact",
            "fields": {
                "A": {"base": "string", "caption": "First name"},
                "B": {"base": "string", "caption": "Last name"},
                "C": {"base": "choice", "caption": "Kind", "values": {"1": {"caption": "Person"}, "2": {"caption": "Company"}}},
                "D": {"base": "boolean", "caption": "Customer"},
                "E": {"base": "number", "caption": "Revenue"},
                "F": {"base": "date", "caption": "Birthday"},
                "G": {"base": "file", "caption": "Image"},
            },
        }
    }
}


def new_space() -> tuple[str, str, str]:
    """Makes a space with a base and a table; the space, and team and database as Ninox spells them."""
    asked = {"headers": AUTH, "timeout": 60}
    space = requests.post(f"{BASE_URL}/space", json={"name": "Ninox journey"}, **asked).json()["id"]
    base = requests.post(f"{BASE_URL}/base", json={"spaceId": space, "name": "Contacts"}, **asked).json()["id"]
    database = base[3:15]
    teams = [team["id"] for team in requests.get(f"{ROOT}/ninox/v1/teams", **asked).json()]
    for team in teams:
        found = requests.get(f"{ROOT}/ninox/v1/teams/{team}/databases", **asked).json()
        if database in [one["id"] for one in found]:
            answer = requests.patch(f"{ROOT}/ninox/v1/teams/{team}/databases/{database}/schema", json=SCHEMA, **asked)
            assert answer.status_code == 200, answer.text
            return space, team, database
    raise AssertionError(f"no team has the database {database}")


def end(space: str) -> None:
    requests.delete(f"{BASE_URL}/space/{space}", headers=AUTH, timeout=60)
