"""Answers on loopback what a script says, in turn. Standard library only.

Usage: scripted_server.py SCRIPT.json. The script maps "METHOD /path" to a list of answers; each is
used once, the last for ever: {"status", "headers", "body", "drop": true, "hang": true, "cut": N}.
Prints its port, serves until its standard input closes. GET /_log gives the requests as JSON.
"""

import base64
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCRIPT = json.load(open(sys.argv[1], encoding="utf-8"))
LOG = []
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with LOCK:
            if self.path == "/_log":
                reply = {"status": 200, "body": json.dumps(LOG)}
            else:
                LOG.append(
                    {
                        "method": self.command,
                        "path": self.path,
                        "headers": {k.lower(): v for k, v in self.headers.items()},
                        "body": base64.b64encode(body).decode(),
                        "connection": f"{self.client_address[1]}",
                    }
                )
                answers = SCRIPT.get(f"{self.command} {self.path}") or [{"status": 404}]
                reply = answers.pop(0) if len(answers) > 1 else answers[0]
        if reply.get("hang"):
            time.sleep(30)
        if reply.get("drop"):
            self.close_connection = True
            return
        text = reply.get("body", "")
        data = (text if isinstance(text, str) else json.dumps(text)).encode()
        self.send_response(reply.get("status", 200))
        for name, value in reply.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if "cut" in reply:
            data = data[: reply["cut"]]
            self.close_connection = True
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = answer


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
