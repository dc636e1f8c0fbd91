"""A model server that makes the tasks which it is asked for, and writes down each key that it is shown."""

PROGRAM = r"""
import json, re, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEYS = {"Bearer first-key", "Bearer second-key"}
WORD = re.compile("[bcdfghjklmnpqrstvwxz]{12}")

def message(asked):
    # What the load says names each task by a word; the answer to that is a call of the tool for each that was not made,
    # again where a call came to nothing, a little later each time: as often as the backend lets it.
    said, made, tries = [], set(), 0
    for past in asked["messages"]:
        if past["role"] == "user":
            said, made, tries = WORD.findall(json.dumps(past["content"])), set(), 0
        elif past["role"] == "tool" and "created" in (result := json.dumps(past["content"])):
            made.update(WORD.findall(result))
        tries += bool(past.get("tool_calls"))
    words = [word for word in said if word not in made]
    if not words:
        return {"role": "assistant", "content": "Done."}, "stop"
    time.sleep(min(tries, 3))
    calls = [
        {"index": place, "id": f"call_{word}_{tries}", "type": "function",
         "function": {"name": "add_task", "arguments": json.dumps({"title": f"Call {word}"})}}
        for place, word in enumerate(words)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}, "tool_calls"

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Authorization", "")
        # A line in one write: each request has a thread, and unbuffered Python writes a line's end by itself.
        print(key.removeprefix("Bearer ") + "\n", end="", flush=True)
        if key not in KEYS:
            self.answer(401, "application/json", json.dumps({"error": {"message": "no such key", "code": "invalid_api_key"}}))
            return
        said, reason = message(asked)
        whole = {"id": "c", "created": 1, "model": asked["model"]}
        if not asked.get("stream"):
            choice = {"index": 0, "message": said, "finish_reason": reason}
            self.answer(200, "application/json", json.dumps(whole | {"object": "chat.completion", "choices": [choice]}))
            return
        parts = [{"index": 0, "delta": said, "finish_reason": None}, {"index": 0, "delta": {}, "finish_reason": reason}]
        chunks = [json.dumps(whole | {"object": "chat.completion.chunk", "choices": [part]}) for part in parts]
        self.answer(200, "text/event-stream", "".join(f"data: {chunk}\n\n" for chunk in [*chunks, "[DONE]"]))

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass

ThreadingHTTPServer.request_queue_size = 128  # as many may ask at once
ThreadingHTTPServer(("", 8080), Handler).serve_forever()
"""
