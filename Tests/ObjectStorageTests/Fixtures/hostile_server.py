"""A web server on loopback that behaves well or badly, by path. Standard library only.

Prints its port, serves until its standard input closes. /_log gives the requests so far as JSON.
With a folder as argument it makes a private authority there (ca.pem) and serves over TLS.
"""

import hashlib
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "".join(f"line {i}: a look-up table\n" for i in range(2000)).encode()
SHA = "0123456789abcdef0123456789abcdef01234567"
MODEL = {
    "config.json": b'{"model_type": "bert"}',
    "model.safetensors": b"\x02\x00\x00\x00\x00\x00\x00\x00{}" + bytes(5000),
    "vocab.txt": b"[PAD]\n[UNK]\n",
    "1_Pooling/config.json": b"{}",
}
HEADER = b"\x02\x00\x00\x00\x00\x00\x00\x00{}"
INDEX = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
# A RoBERTa in two parts, with every file that counts and some that do not.
SHARDED = {
    "added_tokens.json": b"{}",
    "config.json": b"{}",
    "merges.txt": b"#version: 0.2\n",
    "model-1.safetensors": HEADER + b"1",
    "model-2.safetensors": HEADER + b"2",
    "model.safetensors.index.json": json.dumps(INDEX).encode(),
    "modules.json": b'[{"path": ""}, {"path": "7_Pool"}, {"path": "8_Normalize"}]',
    "7_Pool/config.json": b"{}",
    "special_tokens_map.json": b"{}",
    "vocab.json": b"{}",
    "README.md": b"",
    "model-3.safetensors": HEADER,
    "onnx/config.json": b"{}",
}
FOLDERS = {
    "model": MODEL,
    "sharded": SHARDED,
    "torn": {n: b for n, b in SHARDED.items() if n != "model-2.safetensors"},
    "pickled": {"config.json": b"{}", "pytorch_model.bin": b"PK"},
    "outside": {
        "config.json": b"{}",
        "model.safetensors.index.json": b'{"weight_map": {"a": "../x.safetensors"}}',
    },
    "unindexed": {"config.json": b"{}", "model.safetensors.index.json": b"[]"},
}
LOG = []
COUNTS = {}
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def ranged(self, body, limit=None, obeys=True):
        """Serves `body` with an ETag; closes the connection after `limit` bytes of it."""
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if self.headers.get("If-None-Match") == tag:
            return self.reply(304, ETag=tag)
        start, status, extra = 0, 200, {}
        wanted = self.headers.get("Range")
        if obeys and wanted and self.headers.get("If-Range") == tag:
            start, status = int(wanted[len("bytes=") :].rstrip("-")), 206
            extra["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        rest = body[start:]
        sent = rest if limit is None else rest[:limit]
        self.reply(status, sent, length=len(rest), ETag=tag, **extra)
        if len(sent) < len(rest):
            self.close_connection = True

    def do_GET(self):
        path = self.path.split("?")[0]
        with LOCK:
            LOG.append(
                {
                    "path": self.path,
                    "host": self.headers.get("Host"),
                    "authorization": self.headers.get("Authorization"),
                    "range": self.headers.get("Range"),
                    "condition": self.headers.get("If-Range"),
                }
            )
            count = COUNTS[path] = COUNTS.get(path, 0) + 1
        port = self.server.server_address[1]
        if path == "/_log":
            self.reply(200, json.dumps(LOG).encode())
        elif path == "/good.txt":
            self.ranged(TEXT)
        elif path == "/drops.txt":
            self.ranged(TEXT, limit=15000)
        elif path == "/lies.txt":
            self.ranged(TEXT, limit=15000, obeys=False)
        elif path == "/busy.txt":
            self.reply(503) if count < 3 else self.ranged(TEXT)
        elif path == "/changing.txt":
            self.ranged(TEXT + str(count).encode())
        elif path == "/page.txt":
            self.reply(200, b"<!DOCTYPE html><html>log in</html>", Content_Type="text/plain")
        elif path == "/secret.txt":
            self.reply(401)
        elif path == "/stalls.txt":
            self.reply(200, b"x", length=100)
            time.sleep(20)
        elif path == "/moved.txt":
            self.reply(302, Location="/good.txt")
        elif path == "/loop.txt":
            self.reply(302, Location="/loop.txt")
        elif path == "/to-file.txt":
            self.reply(302, Location="file:///etc/passwd")
        elif path == "/drips.txt":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            for _ in range(500):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.02)
        elif path == "/changes.txt":  # another content after the break; obeys If-Range
            self.ranged(TEXT, limit=15000) if count == 1 else self.ranged(TEXT[::-1])
        elif path == "/mixes.txt":  # a range of another content, against If-Range
            body = TEXT if count != 2 else TEXT[::-1]
            if count == 1:
                return self.ranged(body, limit=15000)
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            extra = {"ETag": tag}
            if start > 0:
                extra["Content_Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.reply(206 if start > 0 else 200, body[start:], **extra)
        elif path == "/deaf.txt":  # knows no ranges; whole from the third time on
            self.ranged(TEXT, limit=15000 if count < 3 else None, obeys=False)
        elif path.startswith("/sized/"):
            name, size = path[7:].removesuffix(".txt").split("/")
            self.ranged((name.encode() * int(size))[: int(size)])
        elif path == "/elsewhere.txt":
            scheme = "https" if len(sys.argv) > 1 else "http"
            self.reply(302, Location=f"{scheme}://localhost:{port}/good.txt")
        elif path == "/down.txt":
            self.reply(302, Location=f"http://127.0.0.1:{port}/good.txt")
        elif path == "/login/config.json":
            self.reply(302, Location="/login.html")
        elif path == "/login.html":
            self.reply(200, b"\n <html><form>", Content_Type="text/html; charset=utf-8")
        elif path == "/sorry/config.json":
            self.reply(200, b"Service unavailable", Content_Type="application/json")
        elif path in ["/error/config.json", "/pointer/config.json"]:
            self.reply(200, b"{}")
        elif path == "/error/model.safetensors":
            self.reply(200, b'{"error": "not allowed"}')
        elif path == "/pointer/model.safetensors":
            self.reply(200, b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
        elif path.split("/")[1] in FOLDERS:
            body = FOLDERS[path.split("/")[1]].get(path.split("/", 2)[2])
            self.reply(404) if body is None else self.ranged(body)
        elif path == "/api/models/org/tiny/revision/main":
            siblings = [{"rfilename": n, "size": len(b)} for n, b in MODEL.items()]
            weights = MODEL["model.safetensors"]
            siblings[1]["lfs"] = {
                "sha256": hashlib.sha256(weights).hexdigest(),
                "size": len(weights),
            }
            siblings.append({"rfilename": "README.md", "size": 3})
            self.reply(200, json.dumps({"sha": SHA, "siblings": siblings}).encode())
        elif path == "/api/models/org/evil/revision/main":
            siblings = [{"rfilename": "../config.json"}]
            self.reply(200, json.dumps({"sha": SHA, "siblings": siblings}).encode())
        elif path.startswith("/api/models/org/liar-"):
            weights = MODEL["model.safetensors"]
            lie = {"sha256": hashlib.sha256(weights).hexdigest(), "size": len(weights)}
            if "size" in path:
                lie["size"] += 1
            else:
                lie["sha256"] = "0" * 64
            siblings = [{"rfilename": "config.json"}, {"rfilename": "model.safetensors", "lfs": lie}]
            self.reply(200, json.dumps({"sha": SHA, "siblings": siblings}).encode())
        elif path.startswith("/org/liar-"):
            self.ranged(MODEL[path.split(SHA + "/")[1]])
        elif path == "/api/models/org/gated/revision/main":
            self.reply(403, X_Error_Message="Access to model org/gated is restricted")
        elif path == "/api/datasets/org/folders/revision/v1":
            names = ["README.md", "stsb/dev.tsv", "stsb/test.tsv", "other/x.tsv"]
            siblings = [{"rfilename": n} for n in names]
            self.reply(200, json.dumps({"sha": SHA, "siblings": siblings}).encode())
        elif path.startswith(f"/datasets/org/folders/resolve/{SHA}/"):
            self.ranged(path.split(SHA + "/")[1].encode())
        elif path == "/api/datasets/org/holes/revision/main":
            siblings = [{"rfilename": "here.txt"}, {"rfilename": "gone.txt"}]
            self.reply(200, json.dumps({"sha": SHA, "siblings": siblings}).encode())
        elif path == f"/datasets/org/holes/resolve/{SHA}/here.txt":
            self.ranged(TEXT)
        elif path == "/api/models/org/private/revision/main":
            self.reply(401)
        elif path.startswith(f"/org/tiny/resolve/{SHA}/"):
            name = path.split(SHA + "/")[1]
            if name == "model.safetensors":  # as the hub does: weights live on another host
                self.reply(302, Location=f"http://localhost:{port}/cdn")
            else:
                self.ranged(MODEL[name])
        elif path == "/cdn":
            self.ranged(MODEL["model.safetensors"])
        else:
            self.reply(404)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the tests


def authority(folder):
    """A TLS context for 127.0.0.1 and localhost, from a new authority."""

    def run(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=private CA")
    run("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "names"), "w") as file:
        file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"]
    run("x509", "-req", "-in", "server.csr", "-out", "server.pem", *signing)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        os.path.join(folder, "server.pem"), os.path.join(folder, "server.key")
    )
    return context


def main():
    server = Server(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 1:
        # The handshake belongs to the connection's thread, not to the one that accepts.
        server.socket = authority(sys.argv[1]).wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
