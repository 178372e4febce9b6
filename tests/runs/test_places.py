"""Reports on a disk, and in a real S3-compatible server."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from briefing.inputs.files import BadInput
from briefing.runs.places import Folder, place

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def bucket():
    """Address of an empty bucket on a server of this machine."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patched.setenv(name, "testing")
        patched.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patched.setenv("NO_PROXY", "127.0.0.1")
        server = subprocess.Popen(
            [BIN / "moto_server", "--host", "127.0.0.1", "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        url = next(
            line.split("Running on ")[1].split()[0]
            for line in server.stdout
            if "Running on http" in line
        )
        threading.Thread(target=server.stdout.read, daemon=True).start()
        patched.setenv("AWS_ENDPOINT_URL", url)
        patched.setenv("AWS_ENDPOINT_URL_S3", url)
        import s3fs

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("reports")
        yield "s3://reports/desk"
        server.terminate()
        server.wait()


@pytest.fixture(params=["disk", "s3"])
def somewhere(request, tmp_path):
    if request.param == "disk":
        return place(tmp_path / "reports")
    return place(f"{request.getfixturevalue('bucket')}/{time.monotonic_ns()}")


def staged(somewhere, name, **contents):
    folder = somewhere.stage(name)
    for file, content in contents.items():
        (folder / file.replace("__", "/")).parent.mkdir(exist_ok=True)
        (folder / file.replace("__", "/")).write_text(content)
    sizes = {file.replace("__", "/"): len(content) for file, content in contents.items()}
    (folder / "run.json").write_text(json.dumps({"bytes": sizes, "made": contents.get("a", "")}))
    return folder


def test_what_is_published_is_there_whole_and_can_be_read_back(somewhere, tmp_path):
    somewhere.publish(staged(somewhere, "set/one", a="first", sub__b="second"), "set/one")
    somewhere.get("set/one/sub/b", tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "second"
    assert somewhere.record("set/one")["made"] == "first"
    assert somewhere.record("set/two") is None


def test_a_published_folder_takes_the_place_of_an_older_one(somewhere, tmp_path):
    for text in ("old", "new"):
        somewhere.publish(staged(somewhere, "set/one", a=text), "set/one")
    somewhere.get("set/one/a", tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "new"
    assert somewhere.record("set/one")["made"] == "new"


def test_folders_and_their_records_are_found_but_nothing_that_is_under_way_or_failed(
    somewhere, tmp_path
):
    assert somewhere.folders() == []
    assert somewhere.records([]) == {}
    for name in ("set/one", "set/two", "other/one", "set/failed/three", "set/.building-x"):
        somewhere.publish(staged(somewhere, name, a=name), name)
    (tmp_path / "page").write_text("a file beside the sets")
    somewhere.put("index.html", tmp_path / "page")
    somewhere.put(".runs/kept/run.json", tmp_path / "page")
    assert set(somewhere.folders()) - {"set/failed"} == {"set/one", "set/two", "other/one"}
    told = somewhere.records([*somewhere.folders(), "set/none"])
    assert {name: record["made"] for name, record in told.items()} == {
        name: name for name in ("set/one", "set/two", "other/one")
    }


@pytest.mark.parametrize("text", [b"", b"[]", b"torn {", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_a_record_that_is_none_is_left_out_and_no_other(somewhere, tmp_path, text):
    for name in ("set/good", "set/harmed"):
        somewhere.publish(staged(somewhere, name, a="first"), name)
    (tmp_path / "run.json").write_bytes(text)
    somewhere.put("set/harmed/run.json", tmp_path / "run.json")
    assert list(somewhere.records(somewhere.folders())) == ["set/good"]
    assert somewhere.record("set/harmed") is None


def test_what_another_process_published_is_found_in_a_store_that_was_listed_before(bucket):
    mine = place(f"{bucket}/shared")
    mine.publish(staged(mine, "set/one", a="mine"), "set/one")
    assert mine.folders() == ["set/one"]
    code = "import sys, s3fs; s3fs.S3FileSystem().pipe_file(sys.argv[1], b'{}')"
    file = f"{bucket.removeprefix('s3://')}/shared/set/two/run.json"
    subprocess.run([sys.executable, "-c", code, file], check=True)
    assert mine.folders() == ["set/one", "set/two"]
    assert mine.records(["set/two"]) == {"set/two": {}}


def test_a_stamp_changes_with_the_file_and_is_none_without(somewhere, tmp_path):
    assert somewhere.stamp(".runs/x") is None
    (tmp_path / "x").write_text("one")
    somewhere.put(".runs/x", tmp_path / "x")
    before = somewhere.stamp(".runs/x")
    (tmp_path / "x").write_text("other")
    somewhere.put(".runs/x", tmp_path / "x")
    assert before is not None
    assert somewhere.stamp(".runs/x") != before
    somewhere.remove(".runs/x")
    somewhere.remove(".runs/x")
    assert somewhere.stamp(".runs/x") is None


def test_a_file_that_is_not_there_cannot_be_had(somewhere, tmp_path):
    with pytest.raises(OSError):  # noqa: PT011  (each place has its own words)
        somewhere.get("set/none", tmp_path / "copy")


def test_a_folder_in_a_store_without_all_its_files_does_not_count(bucket):
    store = place(f"{bucket}/incomplete")
    store.publish(staged(store, "set/one", a="first", b="second"), "set/one")
    store.remove("set/one/b")
    assert store.record("set/one") is None


def test_a_folder_is_never_seen_torn(tmp_path):
    """A reader who looks all the time sees the old or the new, and nothing else."""
    reports = Folder(tmp_path)
    seen, over = set(), threading.Event()

    def look():
        while not over.is_set():
            try:
                seen.add((tmp_path / "set/one/a").read_text())
            except FileNotFoundError:
                continue

    reader = threading.Thread(target=look)
    reader.start()
    texts = [str(number) * 200_000 for number in range(8)]
    for text in texts:
        reports.publish(staged(reports, "set/one", a=text), "set/one")
    over.set()
    reader.join()
    assert seen <= set(texts)


def test_two_that_publish_the_same_folder_all_the_time_do_not_fail(tmp_path):
    reports, failures = Folder(tmp_path), []

    def publish(text):
        try:
            for _ in range(60):
                reports.publish(staged(reports, "set/one", a=text), "set/one")
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=[text]) for text in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [file.name for file in (tmp_path / "set").iterdir()] == ["one"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nothing://x", "cannot be opened"),
        ("s3://no-such-bucket/desk", "cannot be opened"),
        ("sftp://127.0.0.1:1/desk", "cannot be opened"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_before_any_work(bucket, address, told):
    with pytest.raises(BadInput, match=rf"--reports {address}: {told} .*; nothing was built"):
        place(address)


def test_a_briefing_is_built_into_a_bucket_and_not_built_again(bucket, small_project, environment):
    environment = {
        **environment, **{n: v for n, v in os.environ.items() if n.startswith("AWS_")},
        "BRIEFING_ROOT": str(small_project), "XDG_CACHE_HOME": str(small_project / "cache"),
    }  # fmt: skip
    command = [BIN / "briefing", "build", "deal_day", "--lane", "exec", "--reports", bucket]
    told = [
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert f"{bucket}/deal_day/2025-11-21-" in told[0]
    assert "nothing had changed" in told[1]
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    root = bucket.removeprefix("s3://")
    about = s3fs.S3FileSystem().info(f"{root}/index.html")
    assert about["ContentType"] == "text/html"
    page = s3fs.S3FileSystem().cat_file(f"{root}/index.html").decode()
    assert f'href="{told[0].split("desk/")[1].split()[0]}"' in page
    files = [s3fs.S3FileSystem().find(f"{root}/{name}") for name in ("deal_day", ".runs")]
    assert files.pop() == []
    assert {file.rpartition("/")[2] for file in files[0]} == {
        "00_summary.ipynb", "10_sources.ipynb", "briefing.eml", "briefing.html", "briefing.pdf",
        "figures.parquet", "inputs.json", "run.json",
    }  # fmt: skip


def test_what_lies_in_a_place_is_listed_and_read(somewhere):
    for name in ("set/two", "set/one", "other/one"):
        somewhere.publish(staged(somewhere, name, a=name), name)
    assert somewhere.folders() == ["other/one", "set/one", "set/two"]
    assert somewhere.read("set/one/a") == b"set/one"
    with pytest.raises(FileNotFoundError):
        somewhere.read("set/one/b")
