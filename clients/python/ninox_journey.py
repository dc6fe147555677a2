"""The published PyPI package `ninox` 0.1.0, unmodified, but for the address that its constructor takes.

Not driven: `query` and `exec`, which need the NX language, and the calls for files, which ask for `/database/.../table/...` (no
server has that) and send no file.
"""

import ninox_kit
from kit import TOKEN, finish, step
from ninox import Ninox
from ninox.api.adapter import NinoxApiError

space, team, database = ninox_kit.new_space()
client = Ninox(TOKEN, base_url=f"{ninox_kit.ROOT}/ninox")
here = (team, database)

with step("walk down from the teams to the table"):
    assert team in [one["id"] for one in client.get_workspaces()]
    assert client.get_workspace(team)["name"] == "Ninox journey"
    assert client.get_databases(team) == [{"id": database, "name": "Contacts"}]
    assert client.get_database(*here)["settings"]["name"] == "Contacts"
    assert [table["name"] for table in client.get_schemas(*here)] == ["Contact"]
    assert [field["name"] for field in client.get_schema(*here, "A")["fields"]][:2] == ["First name", "Last name"]
    assert len(client.get_schema(*here, "A")) > 0

with step("create and update records in one request"):
    made = client.upsert_records(*here, "A", [{"fields": {"First name": "Tom", "Kind": "Person"}}, {"fields": {"First name": "Andrea"}}])
    assert [one["fields"]["First name"] for one in made] == ["Tom", "Andrea"]
    again = client.upsert_records(*here, "A", [{"id": made[0]["id"], "fields": {"Revenue": 12.5}}])
    assert again[0]["fields"] == {"First name": "Tom", "Kind": "Person", "Revenue": 12.5}
    first = made[0]

with step("upsert by number, fields by their ids"):
    rows = client.upsert_records(*here, "A", [{"_upsert": True, "_id": 43, "A": "Alfred", "B": "Becker"}])
    assert (rows[0]["_id"], rows[0]["A"], rows[0]["B"]) == (43, "Alfred", "Becker")
    assert client.get_record(*here, "A", "43")["fields"] == {"First name": "Alfred", "Last name": "Becker"}

with step("read with the package's own style of choices, which means names"):
    assert client.get_records(*here, "A")[0]["fields"]["Kind"] == "Person"
    assert client.get_records(*here, "A", choice_style="ids")[0]["fields"]["Kind"] == "1"
    assert client.get_record(*here, "A", str(first["id"]))["fields"]["Revenue"] == 12.5

with step("update one record"):
    updated = client.update_record(*here, "A", str(first["id"]), {"fields": {"Last name": "Adams", "Customer": True}})
    assert updated["fields"]["Last name"] == "Adams" and updated["fields"]["Customer"] is True

with step("a search that the package sends to the wrong address makes no records"):
    before = len(client.get_records(*here, "A"))
    try:
        client.search_record(*here, "A", {"filters": {"A": "Tom"}})
        raise AssertionError("not refused")
    except NinoxApiError as error:
        assert "400" in str(error), error
    assert len(client.get_records(*here, "A")) == before

with step("a wrong field is refused as a wrong mapping"):
    try:
        client.upsert_records(*here, "A", [{"fields": {"Firstname": "Tom"}}])
        raise AssertionError("not refused")
    except NinoxApiError as error:
        assert "500" in str(error), error

with step("changes since a sequence, which comes as text"):
    since = str(client.get_record(*here, "A", "43")["sequence"])
    changes = client.get_database_changes(*here, "A", since)
    assert list(changes["updates"]) == [f"A{first['id']}"] and changes["nextRids"] == {"A": 44}
    assert client.get_table_changes(*here, "A", since)["nextRid"] == 44
    assert client.get_record_changes(*here, "A", "43", "0")["updates"]["A43"]["A"] == "Alfred"

with step("delete one record and several, and read that they went"):
    assert client.delete_record(*here, "A", str(first["id"])) == {}
    assert client.delete_records(*here, "A", [43, 999]) == {}
    assert [one["fields"]["First name"] for one in client.get_records(*here, "A")] == ["Andrea"]
    assert sorted(client.get_table_changes(*here, "A", "1")["removes"]) == ["A1", "A43"]

ninox_kit.end(space)
finish()
