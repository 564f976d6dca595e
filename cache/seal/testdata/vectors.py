#!/usr/bin/env python3
"""Makes vectors.json from FORMAT.md with Python's `cryptography`: an implementation that
shares no line with package seal. Run: python3 vectors.py > vectors.json"""
import hashlib, hmac, json, struct
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 65536


def info(kind, *parts):
    out = b"nocturne seal v1 " + kind.encode()
    for p in parts:
        p = p.encode()
        out += struct.pack(">I", len(p)) + p
    return out


def derive(key, salt, kind, *parts):
    return HKDF(hashes.SHA256(), 32, salt or None, info(kind, *parts)).derive(key)


def seal_file(key, context, salt, plain):
    head = b"NCT\x01" + salt
    gcm = AESGCM(derive(key, salt, "file", context))
    chunks = [plain[i:i + CHUNK] for i in range(0, len(plain), CHUNK)] or [b""]
    out = head
    for i, c in enumerate(chunks):
        nonce = b"\0\0\0" + struct.pack(">Q", i) + (b"\1" if i == len(chunks) - 1 else b"\0")
        out += gcm.encrypt(nonce, c, head)
    return out


def seal_box(key, context, salt, plain):
    head = b"\x01" + salt
    return head + AESGCM(derive(key, salt, "box", context)).encrypt(bytes(12), plain, head)


def pattern(n):
    """n bytes that anybody can make again: SHA-256 of 0, 1, 2 ... (64 bits, big endian), joined."""
    return b"".join(hashlib.sha256(struct.pack(">Q", i)).digest() for i in range((n + 31) // 32))[:n]


key = hashlib.sha256(b"nocturne test key").digest()
salts = lambda n: hashlib.sha256(b"salt %d" % n).digest()[:28]
out = {"key": key.hex(), "derive": [], "mac": [], "boxes": [], "files": []}
for parts in (["ledger"], ["study", "a", "bc"], ["study", "ab", "c"], ["", ""]):
    out["derive"].append({"parts": parts, "key": derive(key, None, "key", *parts).hex()})
for label, of in (("study", "1.2.3"), ("object", "1.2.3"), ("study", "")):
    name = derive(key, None, "name", label)
    out["mac"].append({"label": label, "of": of, "name": hmac.new(name, of.encode(), hashlib.sha256).hexdigest()})
for i, (context, n) in enumerate((("", 0), ("record", 17), ("Umlaut ä", 300))):
    out["boxes"].append({"context": context, "plain": pattern(n).hex(), "box": seal_box(key, context, salts(i), pattern(n)).hex()})
for i, (context, n) in enumerate((("a", 0), ("a", 1), ("b/c", CHUNK - 1), ("", CHUNK), ("a", CHUNK + 1), ("a", 2 * CHUNK), ("a", 3 * CHUNK + 100))):
    sealed = seal_file(key, context, salts(100 + i), pattern(n))
    f = {"context": context, "salt": salts(100 + i).hex(), "size": n, "sealed_size": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    if n < 100:
        f["sealed"] = sealed.hex()
    out["files"].append(f)
print(json.dumps(out, indent=1, ensure_ascii=False))
