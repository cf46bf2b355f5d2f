"""Checks an evidence pack of dncsync by what docs/audit.md says of it: python3 check_pack.py DIR KEY"""
import functools, hashlib, json, pathlib, re, sys
from base64 import b64decode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
def need(holds, wrong): return holds or sys.exit(f"does not hold: {wrong}")
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def signed(what, key, text, signature):  # A key is NAME+HASH+BASE64: of one byte, which says Ed25519, and the key's 32.
    try: Ed25519PublicKey.from_public_bytes(b64decode(key.split("+", 2)[2])[1:]).verify(signature, text.encode())
    except Exception: sys.exit(f"does not hold: {what}: no signature by {key}")
@functools.cache  # Checkpoints have most of their subtrees in common: each is hashed once.
def root(file, low, high):  # RFC 6962, 2.1: over a file's leaves from low to before high. To the left a power of two.
    middle = low + (1 << (high - low - 1).bit_length() >> 1)
    return sha256(b"\x01", root(file, low, middle), root(file, middle, high)) if high - low > 1 else leaves[file][low]

pack, trusted = pathlib.Path(sys.argv[1]), sys.argv[2]
lines = (pack / "log.jsonl").read_bytes().splitlines()
events, leaves = [json.loads(line) for line in lines], {"log": [sha256(b"\x00", line) for line in lines]}
changes = [e for e in events if e["eventType"] == "key.rotated"]
keys = [e["old"] for e in changes[:1]] + [e["new"] for e in changes] or [trusted]
need(trusted in keys and keys[:-1] == [e["old"] for e in changes], f"log.jsonl: its keys are {keys}")
for e in changes:  # Each of the two keys signs for the other, so that whoever trusts one of them can trust all.
    text = "\n".join(["dncsync key rotation", trusted.split("+")[0], e["old"], e["new"], ""])
    for key in ("old", "new"): signed(f"log.jsonl, line {e['seq']}", e[key], text, b64decode(e[key + "Signature"]))
notes = re.findall("((.+\n(.+)\n(.+)\n)\n\u2014 .+ (.+)\n)\n", (pack / "checkpoints.txt").read_text("utf-8"))
for _, text, size, hashed, signature in notes:  # Before the signature stand four bytes of its key's hash.
    need(int(size) <= len(lines) and root("log", 0, int(size)) == b64decode(hashed), f"log.jsonl: lines 1 to {size}")
    key = keys[sum(e["seq"] <= int(size) for e in changes)]
    signed(f"checkpoints.txt, that of {size} lines", key, text, b64decode(signature)[4:])
need(((pack / "checkpoint").read_text("utf-8"), str(len(lines))) == notes[-1][:3:2], "checkpoint: not of all lines")
named = {place: e["checkpoint"] for place, e in enumerate(events) if "checkpoint" in e}  # In the event that follows it.
need({int(n[2]): sha256(n[0].encode()).hex() for n in notes[:-1]} == named, "checkpoints.txt: not those named")
runs = [file.read_text().strip() for file in pack.glob("run.txt")]
counts = {e["root"]: e["count"] for e in events if "count" in e and "root" in e and (not runs or e["runId"] in runs)}
need(counts.keys() == {file.name for file in (pack / "items").glob("*")}, "items: not one file for each batch")
for name, count in counts.items():  # A line is a leaf's hash, or the salt, number and source that it is the hash of.
    text = (pack / "items" / name).read_text()
    found = re.findall("^(?:([0-9a-f]{64})|([0-9a-f]{32}) ([+][0-9]+) ([A-Z_]+))$", text, re.M)
    leaves[name] = [bytes.fromhex(h) or sha256(b"\0", bytes.fromhex(salt), (n + s).encode()) for h, salt, n, s in found]
    need(len(found) == count == text.count("\n") and root(name, 0, count).hex() == name, f"items/{name}: not its items")
print(f"{len(lines)} events, {len(notes)} checkpoints, {len(keys)} keys, {sum(counts.values())} items: all of it holds")
