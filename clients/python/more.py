"""The rest of the day: statistics, files, the trash, and a second person."""

import json
import os
import time
import urllib.request

from kit import DAY, TOKEN, connect, names, refused, step, where
from teable.exceptions import APIError, AuthenticationError, ResourceNotFoundError
from teable.models.space import SpaceRole
from teable.models.trash import ResourceType

client = connect(TOKEN)
space = client.spaces.create_space("More")
with step("a base for the rest of the day"):
    base = client.spaces.create_base(space.space_id, name="More")
table = client.tables.create_table(
    base.base_id,
    "Deals",
    "deals",
    fields=[
        {"name": "Name", "type": "singleLineText"},
        {"name": "Price", "type": "number"},
        {"name": "Stage", "type": "singleSelect", "options": {"choices": [{"name": "Lead"}, {"name": "Won"}]}},
        {"name": "From", "type": "date", "options": {"formatting": DAY}},
        {"name": "To", "type": "date", "options": {"formatting": DAY}},
        {"name": "Files", "type": "attachment"},
    ],
    records=[
        {"fields": {"Name": "Acme", "Price": 10, "Stage": "Won", "From": "2025-03-01", "To": "2025-03-02"}},
        {"fields": {"Name": "Bolt", "Price": 2.5, "Stage": "Lead", "From": "2025-03-02", "To": "2025-03-02"}},
        {"fields": {"Name": "Cargo of Acme", "Stage": "Won"}},
    ],
)
deals = table.table_id
field = {one.name: one.field_id for one in client.fields.get_table_fields(deals)}
made = client.records.get_records(deals)
PICTURE = bytes.fromhex("47494638396103000200000000002c00000000030002000002024401003b")


def read(address: str) -> bytes:
    """What an address gives that needs no header."""
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def owner_id() -> str:
    return client.spaces.list_collaborators(space.space_id)["collaborators"][0]["userId"]


with step("statistics, groups and counts"):
    by_stage = json.dumps([{"fieldId": field["Stage"], "order": "asc"}])
    told = client.aggregation.get_aggregations(deals, field={"sum": [field["Price"]], "filled": [field["Stage"]]})
    totals = {(one["fieldId"], one["total"]["aggFunc"]): one["total"]["value"] for one in told["aggregations"]}
    assert totals == {(field["Price"], "sum"): 12.5, (field["Stage"], "filled"): 3}
    points = client.aggregation.get_group_points(deals, group_by=by_stage)
    assert [point["value"] for point in points if point["type"] == 0] == ["Lead", "Won"]
    assert [point["count"] for point in points if point["type"] == 1] == [1, 2]
    won = points[2]["id"]
    folded = client.aggregation.get_group_points(deals, group_by=by_stage, collapsed_group_ids=[won])
    assert [point["isCollapsed"] for point in folded if point["type"] == 0] == [False, True]
    assert names(client.records.get_records(deals, group_by=by_stage, collapsed_group_ids=[won])) == ["Bolt"]
    assert client.aggregation.get_row_count(deals, search=["acme", "Name", True]) == 2
    assert client.aggregation.get_row_count(deals, selected_record_ids=[made[0]["id"]]) == 1

with step("searches and calendars"):
    assert client.aggregation.get_search_count(deals, search=["acme", "", False]) == 2
    assert client.aggregation.get_search_count(deals, search=["acme", "Stage", False]) == 0
    found = client.aggregation.get_search_indices(deals, search=["acme", "", False])
    assert [(one["index"], one["fieldId"]) for one in found] == [(1, field["Name"]), (3, field["Name"])]
    page = client.aggregation.get_calendar_daily_collection(
        deals, "2025-03-01T00:00:00.000Z", "2025-03-31T00:00:00.000Z", field["From"], field["To"]
    )
    assert page["countMap"]["2025-03-01"] == 1 and page["countMap"]["2025-03-02"] == 2
    assert len(page["records"]) == 2

with step("upload files to a cell"):
    record = client.attachments.upload_attachment(deals, made[0]["id"], field["Files"], file=b"hello")
    [item] = record["fields"][field["Files"]]
    assert (item["name"], item["size"], item["mimetype"]) == ("file", 5, "text/plain")
    assert read(item["presignedUrl"]) == b"hello"
    record = client.records.upload_attachment(deals, made[0]["id"], field["Files"], file=PICTURE, mime_type="image/gif")
    items = record["fields"][field["Files"]]
    assert [(one["name"], one["mimetype"]) for one in items] == [("file", "text/plain"), ("attachment", "image/gif")]
    assert (items[1]["width"], items[1]["height"]) == (3, 2)
    for upload in (client.attachments.upload_attachment, client.records.upload_attachment):
        with refused(APIError, 400, "validation_error"):
            upload(deals, made[0]["id"], field["Files"], file_url="http://127.0.0.1:1/private")

with step("send a file by its token, and write it to a cell"):
    signed = client.attachments.get_attachment_signature("text/csv", 8, 1, base_id=base.base_id)
    assert client.attachments.upload_attachment_with_token(signed["token"], b"a,b\n1,2\n")
    told = client.attachments.notify_attachment(signed["token"], "rows.csv")
    assert (told["size"], told["mimetype"], told["token"]) == (8, "text/csv", signed["token"])
    assert read(told["presignedUrl"]) == b"a,b\n1,2\n"
    written = client.records.update_record(
        deals, made[1]["id"], {"Files": [{"name": "rows.csv", "token": told["token"]}]}
    )
    assert [one["name"] for one in written["fields"]["Files"]] == ["rows.csv"]
    kept = client.records.get_record(deals, made[0]["id"])["fields"]["Files"]
    assert len(client.records.update_record(deals, made[1]["id"], {"Files": kept})["fields"]["Files"]) == 2
    with refused(ResourceNotFoundError, 404):
        client.attachments.upload_attachment_with_token("A" * 32, b"x")

with step("the trash of a table, a base and a space"):
    items_of = client.spaces.get_trash_items_for_resource
    client.records.batch_delete_records(deals, [made[1]["id"], made[2]["id"]])
    trash = items_of(deals, ResourceType.TABLE)
    assert sorted(trash.items[0].resource_ids) == sorted([made[1]["id"], made[2]["id"]])
    assert trash.items[0].resource_type == ResourceType.RECORD and trash.resources[made[1]["id"]].name == "Bolt"
    assert trash.items[0].deleted_by in trash.users
    assert client.spaces.restore_trash_item(trash.items[0].trash_id)
    assert len(client.records.get_records(deals)) == 3
    client.records.delete_record(deals, made[2]["id"])
    assert client.spaces.reset_trash_items_for_resource(deals, ResourceType.TABLE)
    assert items_of(deals, ResourceType.TABLE).items == []
    client.tables.delete_table(base.base_id, deals)
    assert client.spaces.restore_trash_item(items_of(base.base_id, ResourceType.BASE).items[0].trash_id)
    client.spaces.delete_base(base.base_id)
    for kind, gone, remove in [
        (ResourceType.BASE, base.base_id, None),
        (ResourceType.SPACE, space.space_id, client.spaces.delete_space),
    ]:
        if remove:
            remove(gone)
        [item] = [one for one in client.spaces.get_trash_items(kind).items if one.resource_id == gone]
        assert client.spaces.restore_trash_item(item.trash_id)
    assert names(client.records.get_records(deals)) == ["Acme", "Bolt"]

with step("invitation links and mails"):
    link = client.spaces.create_invitation(space.space_id, SpaceRole.EDITOR)
    assert link["role"] == "editor" and link["invitationCode"] in link["inviteUrl"]
    changed = client.spaces.update_invitation(space.space_id, link["invitationId"], SpaceRole.VIEWER)
    assert changed["role"] == "viewer"
    listed = client.spaces.list_invitations(space.space_id)
    assert [one["invitationId"] for one in listed] == [link["invitationId"]]
    address = f"ida.{int(time.time())}@example.com"
    sent = client.spaces.send_invitation_emails(space.space_id, [address], SpaceRole.VIEWER)
    assert sent[address]["invitationId"].startswith("inv")
    assert client.spaces.send_base_invitation_emails(base.base_id, [address], "viewer")[address]
    assert client.spaces.delete_invitation(space.space_id, link["invitationId"])
    assert client.spaces.list_invitations(space.space_id) == []

if os.environ.get("SIGN_UP") != "off":
    with step("a second person signs up, and in"):
        # What needs a session goes no further with this package: it sends its token with everything, and the token counts.
        person = connect("teable_accNobody_nothing")
        address = f"gil.{time.time_ns()}@example.com"
        me = person.auth.signup(address, "Correct-horse-7", "Gil's own")
        assert me.id.startswith("usr") and me.email == address and me.has_password
        again = connect("teable_accNobody_nothing")
        assert again.auth.signin(address, "Correct-horse-7").id == me.id
        with refused(AuthenticationError, 401):
            again.auth.get_user_info()
        with refused(APIError, 400, "invalid_credentials"):
            again.auth.signin(address, "Wrong-horse-7")
        assert again.auth.send_reset_password_email(address)
        assert client.auth.get_user().id == owner_id()

with step("members of a space and a base"):
    members = client.spaces.list_collaborators(space.space_id, include_base=True, skip=0, take=10, type="user")
    owner = members["collaborators"][0]
    assert members["total"] == 1 and owner["role"] == "owner"
    assert client.spaces.list_collaborators(space.space_id, search="nobody at all")["collaborators"] == []
    assert client.spaces.list_base_collaborators(base.base_id)["collaborators"][0]["userId"] == owner["userId"]
    with refused(APIError, 409):
        client.spaces.delete_collaborator(space.space_id, owner["userId"], "user")

with step("take it all away"):
    assert client.spaces.delete_base(base.base_id) and client.spaces.delete_space(space.space_id)
