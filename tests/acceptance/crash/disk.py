"""What a disk still has after the power went, worked out from the journal of all calls.

The model is as strict as ext4 and xfs allow, and at two places stricter:

- Of a file's bytes only what was there at its last fsync or fdatasync is certain. Of the writes and truncations after it
  any may be there and any may not, in pieces of 512 or 4096 bytes; what lies between is zeros.
- A new file's name is durable when the file itself, or its directory, was synced after it was made.
- A rename is durable when the directory or the renamed file was synced after it. (ext4 and xfs keep names in the order
  in which they were changed; here one may be kept without those before it.)
- An unlinked name is gone when its directory was synced after it. Else the file may be back.
- A new directory is durable when the directory above it was synced. (ext4 and xfs would keep it with its first synced
  file.) All below a lost directory is lost.
- SQLite's -shm file is shared memory, which nobody expects to find again.
"""

import os

DIRECTORY = "a directory"


class File:
    """What is certain, and what was done since."""

    def __init__(self, certain=b""):
        self.certain, self.since = certain, []

    def sync(self):
        self.certain, self.since = self.content(None), []

    def content(self, chance):
        """All of what was done since, or a part of it by chance."""
        content = bytearray(self.certain)
        size, odds = (1, 1.0) if chance is None else (chance.choice((512, 4096)), chance.choice((0.2, 0.5, 0.8, 1.0)))
        for op, offset, data in self.since:
            if op == "T":
                if chance is None or chance.random() < odds:
                    change_size(content, offset)
            elif chance is None:
                put(content, offset, data)
            else:
                for begin, piece in granules(offset, data, size):
                    if chance.random() < odds:
                        put(content, begin, piece)
        return bytes(content)


def granules(offset, data, size):
    """A write, cut where the disk's blocks begin."""
    at = 0
    while at < len(data):
        length = size - (offset + at) % size
        yield offset + at, data[at : at + length]
        at += length


def change_size(content, size):
    content[size:] = b"\0" * max(0, size - len(content))


def put(content, offset, data):
    if offset > len(content):
        change_size(content, offset)
    content[offset : offset + len(data)] = data


class Disk:
    """The calls of a journal, one after another; at any point, what the power leaves."""

    def __init__(self, root):
        self.root, self.files, self.directories = str(root), {}, {str(root)}
        # Path -> File or DIRECTORY, as far as it is certain; and the changes of names that are not, in their order.
        self.certain, self.since = {}, []

    def begin(self, left):
        """What is there before the first call: path -> bytes, or None for a directory."""
        for path, content in left.items():
            self.certain[path] = DIRECTORY if content is None else File(content)
            if content is None:
                self.directories.add(path)
            else:
                self.files[os.stat(path).st_ino] = self.certain[path]

    def take(self, call):
        # What is sent is on no disk; modes are set anew by each start.
        if call.failed or call.op in "NP":
            return
        if call.op == "C":
            self.files[call.inode] = File()
            self.since.append((call, self.files[call.inode]))
        elif call.op == "M":
            self.directories.add(call.path)
            self.since.append((call, DIRECTORY))
        elif call.op in "RLU":
            self.since.append((call, self.files.get(call.inode, DIRECTORY)))
        elif call.op in "WT":
            self.files[call.inode].since.append((call.op, call.offset, call.data))
        elif call.op == "S" and call.path in self.directories:
            self._sync_names(lambda change, _: call.path in map(os.path.dirname, (change.path, change.other)))
        elif call.op == "S":
            file = self.files[call.inode]
            file.sync()
            self._sync_names(lambda change, of: of is file and change.op in "CRL")

    def _sync_names(self, certain):
        left = []
        for change, of in self.since:
            if certain(change, of):
                rename(self.certain, change, of)
            else:
                left.append((change, of))
        self.since = left

    def after_power_loss(self, chance=None):
        """Path -> bytes, or None for a directory. Without chance all that is not certain is lost."""
        names = dict(self.certain)
        for change, of in self.since if chance else ():
            if chance.random() < 0.5:
                rename(names, change, of)
        found = {}
        for path, of in sorted(names.items()):
            above = os.path.dirname(path)
            if path.endswith("-shm") or above != self.root and above not in found:
                continue
            found[path] = None if of is DIRECTORY else of.content(chance) if chance else of.certain
        return found


def rename(names, change, of):
    """One change of names."""
    if change.op in "RU" and names.get(change.path) is of:
        del names[change.path]
    if change.op in "CM":
        names[change.path] = of
    elif change.op in "RL":
        names[change.other] = of
