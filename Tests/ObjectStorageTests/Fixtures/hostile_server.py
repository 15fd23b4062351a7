"""A web server on loopback that behaves well or badly, by path. Standard library only.

Prints its port, serves until its standard input closes. /_log gives the requests so far as JSON.
"""

import hashlib
import json
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
        elif path.startswith("/model/") and path[7:] in MODEL:
            self.ranged(MODEL[path[7:]])
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


def main():
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
