"""A day in the life of the published PyPI package `teable-client`, unmodified.

Every call goes through a method of the package, every answer is checked on what was stored.
BASE_URL ends in `/api`; TOKEN is a token with full access (the package insists on the prefix `teable_`).
"""

import json

import kit
from kit import DAY, TOKEN, connect, names, refused, step, where
from teable.exceptions import APIError, AuthenticationError, ResourceNotFoundError

client = connect(TOKEN)
field: dict = {}
made: list = []

with step("create, list, get and rename a space"):
    space = client.spaces.create_space("Journey")
    assert space.space_id.startswith("spc") and space.name == "Journey"
    assert space.space_id in [one.space_id for one in client.spaces.get_spaces()]
    assert client.spaces.update_space(space.space_id, "Journey 2").name == "Journey 2"
    client.clear_cache()
    assert client.spaces.get_space(space.space_id).name == "Journey 2"

with step("create, list, get and rename a base"):
    base = client.spaces.create_base(space.space_id, name="Sales")
    assert base.base_id.startswith("bse") and base.space_id == space.space_id
    assert [one.base_id for one in client.spaces.get_space_bases(space.space_id)] == [base.base_id]
    assert base.base_id in [one.base_id for one in client.spaces.get_bases()]
    assert client.spaces.update_base(base.base_id, name="Sales EU").name == "Sales EU"
    client.clear_cache()
    assert client.spaces.get_base(base.base_id).name == "Sales EU"
    assert isinstance(client.spaces.get_base_permission(base.base_id), dict)

with step("create a table with fields of many kinds and one record"):
    table = client.tables.create_table(
        base.base_id,
        name="Companies",
        db_table_name="companies",
        description="Who we sell to",
        icon="🏢",
        fields=[
            {"name": "Name", "type": "singleLineText"},
            {"name": "Status", "type": "singleSelect", "options": {"choices": [{"name": "Lead"}, {"name": "Active"}]}},
            {"name": "Tags", "type": "multipleSelect", "options": {"choices": [{"name": "red"}, {"name": "green"}]}},
            {"name": "No", "type": "autoNumber"},
        ],
        records=[{"fields": {"Name": "Acme Corp", "Status": "Active", "Tags": ["red"]}}],
    )
    assert table.table_id.startswith("tbl") and table.description == "Who we sell to"
    assert table.default_view_id.startswith("viw")
    assert [one.name for one in table.fields] == ["Name", "Status", "Tags", "No"]
    assert table.fields[0].is_primary and table.fields[3].is_computed
    assert [choice["name"] for choice in table.fields[1].options.choices] == ["Lead", "Active"]

with step("list, get and rename tables"):
    assert [one.table_id for one in client.tables.get_tables(base.base_id)] == [table.table_id]
    assert client.tables.update_table_name(base.base_id, table.table_id, "Clients")
    assert client.tables.update_table_description(base.base_id, table.table_id, "All of them")
    assert client.tables.update_table_icon(base.base_id, table.table_id, "🚀")
    again = client.tables.get_table(table.table_id, base.base_id)
    assert (again.name, again.description, again.icon) == ("Clients", "All of them", "🚀")
    assert client.tables.get_table_default_view_id(base.base_id, table.table_id) == table.default_view_id
    assert isinstance(client.tables.get_table_permission(base.base_id, table.table_id), dict)

with step("create fields"):
    for name, kind, options in [
        ("Notes", "longText", None),
        ("Revenue", "number", {"formatting": {"type": "decimal", "precision": 2}}),
        ("Stars", "rating", {"icon": "star", "color": "yellowBright", "max": 5}),
        ("Paid", "checkbox", None),
        ("Since", "date", {"formatting": DAY}),
        ("Owner", "user", None),
        ("Related", "link", {"relationship": "manyMany", "foreignTableId": table.table_id, "isOneWay": True}),
    ]:
        one = client.fields.create_field(table.table_id, kind, name=name, options=options)
        assert one.field_id.startswith("fld") and one.name == name and one.field_type.value == kind
    for one in client.fields.get_table_fields(table.table_id):
        field[one.name] = one.field_id
    double = client.fields.create_field(
        table.table_id, "formula", name="Double", options={"expression": "{%s} * 2" % field["Revenue"]}
    )
    assert double.is_computed
    assert client.fields.get_field(table.table_id, field["Status"]).options.choices[0]["id"].startswith("cho")

with step("rename, convert and delete a field"):
    code = client.fields.create_field(table.table_id, "singleLineText", name="Code")
    client.fields.update_field(table.table_id, code.field_id, name="Codes", description="Internal")
    renamed = client.fields.get_field(table.table_id, code.field_id)
    assert (renamed.name, renamed.description) == ("Codes", "Internal")
    converted = client.fields.convert_field(table.table_id, code.field_id, "number", name="Codes")
    assert (converted.field_id, converted.field_type.value) == (code.field_id, "number")
    assert client.fields.delete_field(table.table_id, code.field_id)
    with refused(ResourceNotFoundError, 404):
        client.fields.get_field(table.table_id, code.field_id)

with step("create one record and a batch"):
    first = client.records.create_record(
        table.table_id,
        {"Name": "Bolt & Söhne", "Status": "Lead", "Revenue": -2.5, "Since": "2025-03-15T00:00:00.000Z"},
    )
    assert first["fields"]["Revenue"] == -2.5 and "lastModifiedTime" not in first
    batch = client.records.batch_create_records(
        table.table_id,
        [{"Name": "Cargo", "Revenue": "$1,234.50", "Status": "Won"}, {"Name": "Delta 100%", "Paid": True}],
        typecast=True,
    )
    assert batch.success_count == 2 and batch.failure_count == 0
    assert batch.successful[0].fields["Revenue"] == 1234.5 and batch.successful[0].fields["Status"] == "Won"
    assert batch.successful[0].created_time is not None and batch.successful[0].last_modified_time is None
    made = client.records.get_records(table.table_id)
    assert names(made) == ["Acme Corp", "Bolt & Söhne", "Cargo", "Delta 100%"]

with step("refused writes store nothing"):
    with refused(APIError, 400, "validation_error"):
        client.records.batch_create_records(table.table_id, [{"Name": "Good"}, {"Revenue": "not a number"}])
    with refused(ResourceNotFoundError, 404):
        client.records.create_record(table.table_id, {"Nonsense": 1})
    assert len(client.records.get_records(table.table_id)) == 4

with step("list with take, skip, filter, orderBy, projection, search and a record selection"):
    query = lambda **how: client.records.get_records(table.table_id, **how)  # noqa: E731
    assert names(query(take=2, skip=1)) == ["Bolt & Söhne", "Cargo"]
    assert names(query(filter=where("Status", "is", "Lead"))) == ["Bolt & Söhne"]
    assert names(query(filter=where(field["Name"], "contains", "& SÖ"))) == ["Bolt & Söhne"]
    assert names(query(filter=where(field["Paid"], "is", True))) == ["Delta 100%"]
    assert names(query(filter=where(field["Since"], "isNotEmpty", None))) == ["Bolt & Söhne"]
    assert names(query(order_by=json.dumps([{"fieldId": field["Revenue"], "order": "desc"}]), take=2)) == [
        "Cargo",
        "Bolt & Söhne",
    ]
    assert query(projection=["Status"], take=1)[0]["fields"] == {"Status": "Active"}
    assert query(projection=["Name", "Status"], take=1)[0]["fields"] == {"Name": "Acme Corp", "Status": "Active"}
    assert names(query(search=[{"value": "CARGO", "field": "Name", "exact": True}])) == ["Cargo"]
    assert names(client.tables.get_records(table.table_id, search=["CARGO", "Name", True])) == ["Cargo"]
    assert names(query(selected_record_ids=[made[0]["id"], made[2]["id"]])) == ["Acme Corp", "Cargo"]
    assert query(cell_format="text", take=2)[1]["fields"]["Revenue"] == "-2.50"
    assert query(field_key_type="id", take=1)[0]["fields"][field["Name"]] == "Acme Corp"
    assert client.aggregation.get_row_count(table.table_id, filter=json.dumps(where("Status", "is", "Lead"))) == 1

with step("bad queries are refused"):
    with refused(APIError, 400, "validation_error"):
        client.records.get_records(table.table_id, filter=where("Nonsense", "is", "x"))
    with refused(APIError, 400, "validation_error"):
        client.records.get_records(table.table_id, order_by="not JSON")
    with refused(ResourceNotFoundError, 404):
        client.records.get_records("tblMissing")
    with refused(AuthenticationError, 401):
        connect("teable_accNobody_wrong").records.get_records(table.table_id)

with step("get one record"):
    record = client.records.get_record(table.table_id, made[1]["id"])
    assert record["name"] == "Bolt & Söhne" and record["fields"]["Double"] == -5
    assert record["fields"]["No"] == record["autoNumber"]
    assert client.records.get_record(table.table_id, made[1]["id"], projection=["Name"])["fields"] == {
        "Name": "Bolt & Söhne"
    }
    with refused(ResourceNotFoundError, 404):
        client.records.get_record(table.table_id, "recMissing")

with step("update one record and a batch"):
    record = client.records.update_record(
        table.table_id, made[1]["id"], {"Status": "Active", "Revenue": None, "Related": [{"id": made[0]["id"]}]}
    )
    assert record["fields"]["Status"] == "Active" and "Revenue" not in record["fields"]
    assert record["fields"]["Related"] == [{"id": made[0]["id"], "title": "Acme Corp"}]
    assert record["lastModifiedTime"] >= record["createdTime"]
    changed = client.records.batch_update_records(
        table.table_id,
        [{"id": made[0]["id"], "fields": {"Status": "Lead"}}, {"id": made[2]["id"], "fields": {"Stars": 4}}],
    )
    assert [one["id"] for one in changed] == [made[0]["id"], made[2]["id"]]
    assert changed[1]["fields"]["Stars"] == 4
    objects = client.tables.batch_update_records(table.table_id, [{"id": made[3]["id"], "fields": {"Stars": 1}}])
    assert objects[0].fields["Stars"] == 1 and objects[0].last_modified_time is not None

with step("record history can be read"):
    # The package reads `entries`, which the server never had; what counts is that it does not fail.
    assert client.records.get_record_history(table.table_id, made[0]["id"]).entries == []
    assert client.records.get_table_record_history(table.table_id).entries == []

with step("status and duplicate"):
    status = client.records.get_record_status(table.table_id, made[0]["id"])
    assert status.is_visible and not status.is_deleted
    copy = client.records.duplicate_record(
        table.table_id, made[0]["id"], view_id=table.default_view_id, anchor_id=made[0]["id"], position="after"
    )
    assert copy.success_count == 1
    assert copy.successful[0].fields[field["Name"]] == "Acme Corp"
    placed = client.records.get_records(table.table_id, view_id=table.default_view_id, take=2)
    assert [one["id"] for one in placed] == [made[0]["id"], copy.successful[0].record_id]
    assert client.records.delete_record(table.table_id, copy.successful[0].record_id)

with step("undo and redo without a window answer that there is nothing"):
    assert client.undo_redo.undo(table.table_id)["status"] == "empty"
    assert client.undo_redo.redo(table.table_id)["status"] == "empty"

with step("create, list, get, order and delete views"):
    view = client.views.create_view(table.table_id, "Board", "kanban", description="By status")
    assert view.view_id.startswith("viw")
    assert [one.name for one in client.views.get_table_views(table.table_id)] == ["Grid view", "Board"]
    assert client.views.update_view_order(table.table_id, view.view_id, table.default_view_id, "before")
    assert [one.name for one in client.views.get_table_views(table.table_id)] == ["Board", "Grid view"]
    client.clear_cache()
    assert client.views.get_view(table.table_id, view.view_id).description == "By status"
    assert names(client.records.get_records(table.table_id, view_id=view.view_id, ignore_view_query=True)) == [
        "Acme Corp",
        "Bolt & Söhne",
        "Cargo",
        "Delta 100%",
    ]
    assert client.views.delete_view(table.table_id, view.view_id)
    with refused(ResourceNotFoundError, 404):
        client.views.get_view(table.table_id, view.view_id)

with step("tokens"):
    token = client.access_tokens.create_access_token(
        "Reader", ["record|read"], "2099-12-31", base_ids=[base.base_id]
    )
    assert token["id"].startswith("acc") and token["scopes"] == ["record|read"]
    listed = client.access_tokens.list_access_tokens()
    assert token["id"] in [one["id"] for one in listed] and all("token" not in one for one in listed)
    reader = connect(token["token"])
    assert len(reader.records.get_records(table.table_id)) == 4
    with refused(APIError, 403, "restricted_resource"):
        reader.records.create_record(table.table_id, {"Name": "No"})
    fresh = client.access_tokens.refresh_access_token(token["id"], "2098-12-31")
    assert fresh["id"] == token["id"] and fresh["token"] != token["token"]
    with refused(AuthenticationError, 401):
        reader.records.get_records(table.table_id)
    assert len(connect(fresh["token"]).records.get_records(table.table_id)) == 4
    client.access_tokens.update_access_token(token["id"], "Writer", ["record|read", "record|create"])
    assert client.access_tokens.get_access_token(token["id"])["name"] == "Writer"
    assert client.access_tokens.delete_access_token(token["id"])

with step("delete one and many records"):
    assert client.records.delete_record(table.table_id, made[0]["id"])
    with refused(ResourceNotFoundError, 404):
        client.records.get_record(table.table_id, made[0]["id"])
    assert client.records.batch_delete_records(table.table_id, [made[1]["id"], made[2]["id"]])
    assert names(client.records.get_records(table.table_id)) == ["Delta 100%"]
    assert client.tables.batch_delete_records(table.table_id, [made[3]["id"]])
    assert client.records.get_records(table.table_id) == []

with step("delete table, base and space"):
    assert client.tables.delete_table(base.base_id, table.table_id)
    with refused(ResourceNotFoundError, 404):
        client.records.get_records(table.table_id)
    assert client.tables.get_tables(base.base_id) == []
    assert client.spaces.delete_base(base.base_id)
    with refused(ResourceNotFoundError, 404):
        client.spaces.get_base(base.base_id)
    assert client.spaces.delete_space(space.space_id)
    with refused(ResourceNotFoundError, 404):
        client.spaces.get_space(space.space_id)

import more  # noqa: E402,F401  the rest of the day

kit.finish()
