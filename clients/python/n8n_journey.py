"""The requests of the n8n nodes for Ninox (`n8n-nodes-ninox` 2.2.0 and its trigger), one by one as the node's transport sends them:
JSON headers on everything, an empty JSON object as the body of a GET, numbers and flags as text in the query.
"""

import json
import re

import ninox_kit
import requests
from kit import finish, step

space, team, database = ninox_kit.new_space()
AT = f"{ninox_kit.ROOT}/ninox/v1/teams/{team}/databases/{database}"
HEADERS = ninox_kit.AUTH | {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"}


def send(method: str, path: str, body: object = None, **query: object) -> requests.Response:
    sent = json.dumps({} if body is None else body)
    query = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in query.items()}
    url = path if path.startswith("http") else AT + path
    return requests.request(method, url, data=sent, params=query, headers=HEADERS, timeout=60)


def answer(method: str, path: str, body: object = None, **query: object) -> object:
    reply = send(method, path, body, **query)
    assert reply.status_code == 200, f"{reply.status_code} {reply.text}"
    return reply.json()


with step("load the options: teams, databases, tables, fields"):
    root = f"{ninox_kit.ROOT}/ninox/v1"
    assert team in [one["id"] for one in answer("GET", f"{root}/teams")]
    assert [one["id"] for one in answer("GET", f"{root}/teams/{team}/databases")] == [database]
    tables = answer("GET", "/tables")
    assert {field["type"] for field in tables[0]["fields"]} == {"string", "choice", "boolean", "number", "date", "file"}
    assert answer("GET", "/tables/Contact")["id"] == "A"

with step("create: one object is answered by one object"):
    made = answer("POST", "/tables/A/records", {"fields": {"First name": "Tom", "Kind": "1", "Customer": True}})
    assert made["fields"] == {"First name": "Tom", "Kind": "Person", "Customer": True}

with step("update: one object with its id"):
    assert answer("POST", "/tables/A/records", {"id": made["id"], "fields": {"Revenue": 3}})["fields"]["Revenue"] == 3

with step("upsert: by the id and fields by their names"):
    rows = answer("POST", "/tables/A/records", [{"id": 10, "_upsert": True, "fields": {"First name": "Zoe"}}])
    assert rows[0]["_id"] == 10 and rows[0]["A"] == "Zoe"

with step("list with filters: an array, empty when nothing matches"):
    wanted = json.dumps({"fields": {"First name": "Tom"}})
    found = answer("GET", "/tables/A/records", filters=wanted, page=0, perPage=500, desc=False)
    assert [one["id"] for one in found] == [made["id"]]
    assert answer("GET", "/tables/A/records", filters=json.dumps({"fields": {"Kind": "Company"}})) == []

with step("get one, as the result of a script names it"):
    table, record = re.match(r"^([A-Z]+)(\d+)$", f"A{made['id']}").groups()
    assert answer("GET", f"/tables/{table}/records/{record}")["id"] == made["id"]

with step("page by page until a page is short"):
    answer("POST", "/tables/A/records", [{"fields": {"First name": f"n{i}"}} for i in range(600)])
    seen: list = []
    for page in range(10):
        records = answer("GET", "/tables/A/records", page=page, perPage=500, order="First name", desc=False)
        assert not {one["id"] for one in records} & set(seen)
        seen += [one["id"] for one in records]
        if len(records) < 500:
            break
    assert len(seen) == 602

with step("the trigger: what is new since the sequence that it saw last, and nothing twice"):
    last = answer("GET", "/tables/A/records", updated=True, perPage=1)[0]["sequence"]
    poll = {"updated": True, "page": 0, "perPage": 500}
    assert answer("GET", "/tables/A/records", sinceSq=last, **poll) == []
    answer("POST", "/tables/A/records", {"id": made["id"], "fields": {"Last name": "Adams"}})
    answer("POST", "/tables/A/records", {"id": 10, "fields": {"Last name": "Young"}})
    records = answer("GET", "/tables/A/records", sinceSq=last, **poll)
    assert [one["id"] for one in records] == [10, made["id"]]
    assert answer("GET", "/tables/A/records", sinceSq=records[0]["sequence"], **poll) == []

with step("files: upload with a field, list, download with its type, delete"):
    of = f"{AT}/tables/A/records/{made['id']}/files"
    sent = {"file": ("Ü b&c.txt", b"hello", "text/plain")}
    reply = requests.post(of, headers=ninox_kit.AUTH, files=sent, data={"fieldName": "Image"}, timeout=60)
    assert (reply.status_code, reply.text) == (200, "File Uploaded Successfully"), reply.text
    assert [one["name"] for one in answer("GET", of)] == ["Ü b&c.txt"]
    assert answer("GET", f"/tables/A/records/{made['id']}")["fields"]["Image"] == "Ü b&c.txt"
    one = f"{of}/{requests.utils.quote('Ü b&c.txt')}"
    reply = send("GET", one)
    assert (reply.content, reply.headers["content-type"]) == (b"hello", "text/plain")
    assert send("DELETE", one).status_code == 204
    assert (send("DELETE", one).status_code, send("DELETE", one).text) == (404, "File already deleted")

with step("delete, and what is gone is not found"):
    assert answer("DELETE", f"/tables/A/records/{made['id']}") == {}
    assert send("GET", f"/tables/A/records/{made['id']}").json() == {"message": "Record not found"}

ninox_kit.end(space)
finish()
