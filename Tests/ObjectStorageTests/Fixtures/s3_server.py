"""An S3 server on loopback: moto, behind a check of every signature by botocore's own signer.

Bucket `private` takes signed requests only, `token` also wants the session token, `public` takes
all; `elsewhere` is in another region. Some keys misbehave. Prints its port, serves until its
standard input closes. The first part of a path, `run-N`, is only for telling tests apart:
/run-N/_log gives the requests below it so far as JSON.
"""

import datetime
import hmac
import io
import json
import random
import re
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import get_canned_acl, s3_backends

ACCESS, SECRET, TOKEN, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY", "tok/en+=", "eu-test-3"
TEXT = "".join(f"line {i}: a look-up table\n" for i in range(2000)).encode()
BIG = random.Random(1).randbytes(300_000)
HEADER = b"\x02\x00\x00\x00\x00\x00\x00\x00{}"
INDEX = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
OBJECTS = {
    "text.txt": TEXT,
    "big.bin": BIG,
    "drops.bin": BIG,
    "changing.bin": BIG,
    "restless.bin": BIG,
    "empty.txt": b"",
    "odd/\u00e4 b+c&d=e~'()*!,;:@$/f.txt": b"odd",
    "set/": b"",
    **{f"set/part {i}/<{i}>.txt": str(i).encode() for i in range(8)},
    "settle.txt": b"not in the folder",
    "evil/../x.txt": b"evil",
    "model/config.json": b"{}",
    "model/tokenizer.json": b"{}",
    "model/model.safetensors.index.json": json.dumps(INDEX).encode(),
    "model/model-1.safetensors": HEADER + bytes(50),
    "model/model-2.safetensors": HEADER + bytes(60),
    "model/onnx/model.onnx": b"not wanted",
    "pickle/config.json": b"{}",
    "pickle/pytorch_model.bin": b"PK",
}
LOG = []
COUNTS = {}
LOCK = threading.Lock()
BACKEND = s3_backends["123456789012"]["aws"]
MOTO = DomainDispatcherApplication(create_backend_app)


def fill():
    for bucket in ["private", "token", "public"]:
        BACKEND.create_bucket(bucket, REGION)
        for key, body in OBJECTS.items():
            stored = BACKEND.put_object(bucket, key, body)
            if bucket == "public":
                stored.set_acl(get_canned_acl("public-read"))


def refusal(environ):
    """Why the request is not let in: an S3 error code and message, or None."""
    bucket = environ["PATH_INFO"].split("/")[1]
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is None:
        return None if bucket == "public" else ("403 Forbidden", "AccessDenied", "Access Denied")
    match = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
        r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})",
        authorization,
    )
    if match is None:
        return ("400 Bad Request", "AuthorizationHeaderMalformed", authorization)
    access, day, region, signed, signature = match.groups()
    if access != ACCESS:
        return ("403 Forbidden", "InvalidAccessKeyId", "no such key")
    names = signed.split(";")
    timestamp = environ.get("HTTP_X_AMZ_DATE", "")
    must = {"host", "x-amz-date", "x-amz-content-sha256"}
    if not must.issubset(names) or not timestamp.startswith(day):
        return ("403 Forbidden", "SignatureDoesNotMatch", "too little is signed")
    sent = datetime.datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ")
    if abs((datetime.datetime.utcnow() - sent).total_seconds()) > 900:
        return ("403 Forbidden", "RequestTimeTooSkewed", "clock")
    if bucket == "token" and (
        "x-amz-security-token" not in names or environ["HTTP_X_AMZ_SECURITY_TOKEN"] != TOKEN
    ):
        return ("403 Forbidden", "InvalidToken", "no session token")
    # botocore makes the canonical request from what was sent, and the signature from the secret.
    target = environ["REQUEST_TARGET"]
    request = AWSRequest(environ["REQUEST_METHOD"], "http://" + environ["HTTP_HOST"] + target)
    for name in names:
        request.headers[name] = environ["HTTP_" + name.upper().replace("-", "_")]
    request.context["timestamp"] = timestamp
    signer = S3SigV4Auth(Credentials(ACCESS, SECRET), "s3", region)
    canonical = signer.canonical_request(request)
    expected = signer.signature(signer.string_to_sign(request, canonical), request)
    if not hmac.compare_digest(expected, signature):
        return ("403 Forbidden", "SignatureDoesNotMatch", canonical)
    if region != REGION:
        return ("400 Bad Request", "AuthorizationHeaderMalformed", "wrong region")
    return None


def answer_error(start_response, status, code, message, region=""):
    text = message.replace("&", "&amp;").replace("<", "&lt;")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{text}</Message>{region}</Error>"
    ).encode()
    start_response(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


def application(environ, start_response):
    run, _, path = environ["PATH_INFO"][1:].partition("/")
    if path == "_log":
        start_response("200 OK", [("Content-Type", "application/json")])
        with LOCK:
            seen = [entry for entry in LOG if entry["path"].startswith(f"/{run}/")]
        return [json.dumps(seen).encode()]
    environ["PATH_INFO"] = "/" + path
    with LOCK:
        LOG.append(
            {
                "path": environ["REQUEST_TARGET"],
                "host": environ["HTTP_HOST"],
                "authorization": environ.get("HTTP_AUTHORIZATION"),
                "range": environ.get("HTTP_RANGE"),
                "condition": environ.get("HTTP_IF_MATCH") or environ.get("HTTP_IF_NONE_MATCH"),
            }
        )
        count = COUNTS[run, path] = COUNTS.get((run, path), 0) + 1
    bucket, _, key = path.partition("/")
    if bucket == "elsewhere":
        region = "<Region>mars-north-1</Region>"
        return answer_error(
            start_response, "301 Moved Permanently", "PermanentRedirect", "elsewhere", region
        )
    refused = refusal(environ)
    if refused:
        region = f"<Region>{REGION}</Region>" if refused[0].startswith("400") else ""
        return answer_error(start_response, *refused, region)
    if key == "busy.txt":
        return answer_error(start_response, "503 Slow Down", "SlowDown", "Reduce your request rate.")
    if (key == "changing.bin" and count == 2) or key == "restless.bin":
        BACKEND.put_object(bucket, key, bytes([count % 256]) + BIG[1:])
    # Short pages, so that there are several.
    environ["QUERY_STRING"] = environ["QUERY_STRING"].replace("max-keys=1000", "max-keys=3")
    body = MOTO(environ, start_response)
    if key == "drops.bin" and count % 2 == 1:
        return [b"".join(body)[:40_000]]
    return body


class Handler(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass

    def get_environ(self):
        environ = super().get_environ()
        environ["REQUEST_TARGET"] = self.path  # as it was sent, which is what is signed
        return environ

    def get_stderr(self):
        return io.StringIO()  # transfers cut short are part of the tests


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass


def main():
    fill()
    server = make_server("127.0.0.1", 0, application, Server, Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
