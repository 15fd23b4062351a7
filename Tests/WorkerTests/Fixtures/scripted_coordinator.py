"""The worker routes of a coordinator on loopback, led by a test. Standard library only.

Usage: scripted_coordinator.py PORT (0: any). Prints its port, serves until its standard input
closes. Any session is known. POST /_control changes what happens next:
  tasks: claimed tasks to hand out; lose: [attempt ids]; drain, expire: true;
  dropCompletes: N completes get no answer; refuse: completes; revoke: the token is no longer good;
  breakCompletes: completes are answered with 500.
POST /_wait {"kind", "count"} answers when that many requests of a kind have come, with all of them.
"""

import base64
import hashlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHANGED = threading.Condition()
STATE = {
    "tasks": [],
    "lose": [],
    "drain": False,
    "expired": [],
    "dropCompletes": 0,
    "refuse": False,
    "revoke": False,
    "breakCompletes": False,
}
HISTORY = []
BLOBS = {}


def record(kind, **facts):
    HISTORY.append({"kind": kind, **facts})
    CHANGED.notify_all()


def wait_until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        CHANGED.wait(max(0, end - time.monotonic()))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, value=None, status=200, data=None):
        data = json.dumps(value).encode() if data is None else data
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = self.path.strip("/").split("/")
        with CHANGED:
            if parts[:2] == ["v1", "blobs"]:
                return self.blob(parts[2], body)
            message = json.loads(body) if body else {}
            if parts[0] == "_control":
                return self.control(message)
            if parts[0] == "_wait":
                matches = lambda: [h for h in HISTORY if h["kind"] == message["kind"]]
                wait_until(lambda: len(matches()) >= message["count"], 150)
                return self.reply(matches())
            if parts == ["v1", "sessions"]:
                record("begin", session=message["session"].lower())
                return self.reply({"heartbeatSeconds": 2, "leaseSeconds": 6})
            session = parts[2]
            if self.command == "DELETE":
                record("end", session=session)
                return self.reply(status=204, data=b"")
            getattr(self, parts[3])(session, message)

    do_GET = do_POST = do_PUT = do_DELETE = handle_request

    def control(self, message):
        STATE["tasks"] += message.get("tasks", [])
        STATE["lose"] += message.get("lose", [])
        for key in ("drain", "dropCompletes", "refuse", "revoke", "breakCompletes"):
            STATE[key] = message.get(key, STATE[key])
        if message.get("expire"):
            STATE["expired"] += [h["session"] for h in HISTORY if h["kind"] == "begin"]
        CHANGED.notify_all()
        self.reply({})

    def blob(self, digest, body):
        if self.command == "PUT":
            actual = "sha256:" + hashlib.sha256(body).hexdigest()
            BLOBS[digest] = body
            record("blob", digest=digest, size=len(body), good=actual == digest)
            return self.reply(status=201, data=b"")
        if digest not in BLOBS:
            return self.problem(404, "unknown-blob")
        self.reply(data=BLOBS[digest])

    def problem(self, status, kind):
        self.reply(
            {"type": kind, "title": kind, "status": status, "detail": kind}, status=status
        )

    def claim(self, session, message):
        if STATE["revoke"]:
            return self.problem(401, "unauthorized")
        if session in STATE["expired"]:
            return self.problem(404, "unknown-session")
        wait_until(lambda: STATE["tasks"], message["waitSeconds"])
        tasks = STATE["tasks"][: message["limit"]]
        del STATE["tasks"][: message["limit"]]
        record("claim", session=session, limit=message["limit"], tasks=len(tasks))
        self.reply({"tasks": tasks})

    def heartbeat(self, session, message):
        running = [r["id"] for r in message["running"]]
        if running:
            record("beat", running=running, progress=[r["progress"] for r in message["running"]])
        lost = lambda: [i for i in running if i in STATE["lose"]]
        news = lambda: lost() or STATE["drain"] or session in STATE["expired"]
        wait_until(news, message["waitSeconds"])
        self.reply(
            {"lost": lost(), "drain": STATE["drain"], "expired": session in STATE["expired"]}
        )

    def complete(self, session, message):
        item = message["completions"][0]
        if STATE["breakCompletes"]:
            record("broken", id=item["id"])
            return self.problem(500, "internal-error")
        if STATE["dropCompletes"] > 0:
            STATE["dropCompletes"] -= 1
            record("dropped", id=item["id"], result=item["result"])
            self.close_connection = True
            return
        inline = len(base64.b64decode(item["inline"])) if item.get("inline") else None
        record("complete", id=item["id"], result=item["result"], size=inline)
        self.reply({"refused": [item["id"]] if STATE["refuse"] else []})

    def fail(self, session, message):
        record("fail", id=message["id"], failure=message["failure"])
        self.reply({"refused": []})

    def release(self, session, message):
        record("release", released=message["released"])
        self.reply({"refused": []})


class Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the tests


def main():
    server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
