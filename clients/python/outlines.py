"""Three published packages for Dynalist, unmodified: only their address leads here."""

import contextlib
import io
import os
import sys
import tempfile
import traceback

import requests
from dyma.dymaCore import DyManager
from dynalist import Dynalist
from pydynalist import Dynalist as PyDynalist

ROOT = os.environ.get("BASE_URL", "http://127.0.0.1:8080/api").removesuffix("/").removesuffix("/api").removesuffix("/donotname")
HERE = f"{ROOT}/dynalist/api/v1"
THERE = "https://dynalist.io/api/v1"
TOKEN = os.environ["TOKEN"]

passed = 0
failed = 0

# Two of the packages have their address as a literal in their calls.
post = requests.post
requests.post = lambda url, **more: post(url.replace(THERE, HERE), **more)
PyDynalist.HOST_API = HERE


@contextlib.contextmanager
def step(title: str):
    """Count one step; dyma prints its requests, which is kept off the terminal."""
    global passed, failed
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
        passed += 1
    except Exception:
        failed += 1
        print(f"FAILED {title}\n{traceback.format_exc(limit=-4)}", file=sys.stderr)


dyma = DyManager(TOKEN)
with step("dyma: folders and documents are made, renamed and moved"):
    listed = dyma.file.fetch_all().json()
    assert listed["_code"] == "Ok" and set(listed) == {"_code", "root_file_id", "files"}, listed
    root = listed["root_file_id"]
    folder = dyma.file.create(type="folder", parent_id=root, index=-1, title="Journey").json()["created"][0]
    first = dyma.file.create(type="document", parent_id=folder, index=-1, title="first").json()["created"][0]
    second = dyma.file.create(type="document", parent_id=folder, index=-1, title="second").json()["created"][0]
    assert dyma.file.edit(type="document", id=first, title="First").json()["results"] == [True]
    assert dyma.file.move(type="document", id=first, parent_id=folder, index=1).json()["results"] == [True]
    files = {one["id"]: one for one in dyma.file.fetch_all().json()["files"]}
    assert files[folder]["children"] == [second, first]
    assert (files[first]["title"], files[first]["type"], files[first]["permission"]) == ("First", "document", 4)

with step("dyma: nodes are inserted in front, edited, moved and deleted"):
    made = [
        dyma.doc.insert(id=first, content=text).json()["new_node_ids"][0]
        for text in ("no parent, no index given", "in front of it")
    ]
    nodes = dyma.doc.get(first).json()["nodes"]
    assert nodes[0]["id"] == "root" and nodes[0]["children"] == made[::-1], nodes
    assert dyma.doc.edit(id=first, node_id=made[0], content="edited", checked=True).json() == {"_code": "Ok", "new_node_ids": []}
    assert dyma.doc.move(id=first, node_id=made[0], parent_id=made[1], index=0).json()["new_node_ids"] == []
    assert dyma.doc.check([first, "nowhere"]).json()["versions"] == {first: 6}
    dyma.doc.delete(id=first, node_id=made[1])
    assert [one["id"] for one in dyma.doc.get(first).json()["nodes"]] == ["root"]

with step("dyma: inbox, upload and preferences"):
    assert dyma.set_preference(key="inbox_location", value=second).json() == {"_code": "Ok"}
    assert dyma.get_preference(key="inbox_location").json()["value"] == second
    added = dyma.send_to_inbox(content="from dyma", note="n").json()
    assert (added["file_id"], added["index"]) == (second, 0), added
    url = dyma.upload(filename="sample.txt", content_type="text/plain", data="VGVzdCBkYXRh").json()["url"]
    assert requests.get(url).text == "Test data"

with step("dyma: a backup of everything"):
    with tempfile.TemporaryDirectory() as target:
        # An empty folder is more than it bears, with the live service too.
        dyma.features.recr_fetch_and_save(
            {**files[folder], "children_node": [files[first], files[second]]}, target
        )
        assert sorted(os.listdir(f"{target}/Journey")) == ["First.json", "second.json"]

py = PyDynalist(TOKEN)
with step("pydynalist: tokens, documents and the inbox"):
    assert PyDynalist.validate_token(TOKEN) is True
    assert PyDynalist.validate_token("nobody") is False
    assert py.get_doc_id("First") == first and py.get_doc_title(second) == "second"
    assert py.send_to_inbox("via pydynalist", "note") is True
    doc = py.get_doc(second)
    assert [doc[child]["content"] for child in doc["root"]["children"]] == ["from dyma", "via pydynalist"]
    assert py.get_doc("nowhere") == {}

with step("pydynalist: changes, and a walk over a document"):
    changes = []
    for text in ("A", "B", "C"):
        PyDynalist.prepare_changes("insert", changes, parent_id="root", index=-1, content=text)
    ids = py.edit_doc(first, changes)["new_node_ids"]
    py.edit_doc(first, PyDynalist.prepare_changes("move", [], node_id=ids[2], parent_id=ids[0], index=0))
    told = []
    PyDynalist.recursively_analyze_doc(
        py.get_doc(first), lambda doc, id, nest, tab: told.append((tab, nest["content"]))
    )
    assert told == [(0, "A"), (1, "C"), (0, "B")], told

with step("dynalist: a document is read, searched and saved"):
    one = Dynalist(first, token=TOKEN)
    assert one.get_node()["content"] == "First"
    assert [node["content"] for node in one.get_children()] == ["A", "B"]
    assert [node["content"] for node in one.search("C")] == ["C"]
    assert one.get_node(ids[0])["note"] == ""

print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
