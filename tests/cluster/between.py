"""Something that stands between the tool and a node, and changes what is answered."""
import http.server
import threading
import urllib.error
import urllib.request


class Between:
    """change(path, body, status, data) gives the data of the answer; body is None of a GET.  As a context
    it listens at url."""

    def __init__(self, node, change):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802: the library's name
                self.pass_on(None)

            def do_POST(self):  # noqa: N802
                self.pass_on(self.rfile.read(int(self.headers["Content-Length"])))

            def pass_on(self, body):
                headers = {name: self.headers[name] for name in ("Content-Type", "Prefer")
                           if self.headers[name]}
                request = urllib.request.Request(node + self.path, data=body, headers=headers)
                try:
                    answer = urllib.request.urlopen(request, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                data = change(self.path, body, answer.status, answer.read())
                self.send_response(answer.status)
                for name in ("Content-Type", "Stele-Network", "Stele-Height"):
                    if answer.headers[name]:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
