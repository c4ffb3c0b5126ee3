"""What this backend says: as the bot that greets, and as Nora, its one operator. The same as desk.ts.

Every event may come twice, after a crash of ours or of the gateway. So every answer is named after the message that it
answers: the gateway does a request of one name once.
"""

import json
import re
import urllib.error
import urllib.request

BOT = {"side": "bot", "id": "helper", "name": "Helper"}
NORA = {"side": "operator", "id": "nora", "name": "Nora"}

# Answers that no later time makes better, and that are nobody's fault but ours.
FATAL = ("UNAUTHENTICATED", "OUT_OF_SCOPE", "BAD_REQUEST")


class Desk:
    def __init__(self, url, key):
        self.url = url
        self.key = key
        self.nora_id = ""

    def be_on_duty(self):
        """Puts Nora on duty, or keeps her there; to be called again every 20 seconds."""
        duty = {"name": NORA["name"], "capacity": {"en-US": 1000}}
        self.nora_id = self._ask("PUT", f"/duties/{NORA['id']}", duty)["person"]["id"]

    def handle(self, event):
        """Does what an event asks for. Raises when it has to be tried again."""
        data = event["data"]
        chat = data["chat"]
        if event["type"] == "dragoman.ChatAssigned" and data["operatorId"] == self.nora_id:
            self._take_over(chat["id"])
        if event["type"] != "dragoman.MessagePosted" or data["message"]["authorRole"] != "customer":
            return
        if chat["control"] == "bot":
            self._speak_as_bot(chat["id"], data["message"])
        elif chat["assigneeId"] == self.nora_id:
            self._speak_as_nora(chat["id"], data["message"])

    def _speak_as_bot(self, chat_id, message):
        words = message["body"].get("text", "")
        if not re.search(r"\b(human|person)\b", words, re.IGNORECASE):
            self._answer(BOT, chat_id, message, f"You said “{words}”. Say “human” to talk to Nora.")
            return
        self._answer(BOT, chat_id, message, "One moment, please.")
        wish = {"as": BOT, "to": "queue", "reason": "the customer asked for a person"}
        self._ask("POST", f"/chats/{chat_id}/hand-over", wish, f"hand-over/{message['id']}")

    def _speak_as_nora(self, chat_id, message):
        self._answer(NORA, chat_id, message, f"Nora has read “{message['body'].get('text', '')}”.")

    def _take_over(self, chat_id):
        """Nora gets a chat: what nobody has answered yet is hers."""
        page = self._ask("GET", f"/chats/{chat_id}/messages?limit=200") or {"messages": []}
        for entry in page["messages"]:
            if entry["message"]["authorRole"] == "customer":
                self._speak_as_nora(chat_id, entry["message"])

    def _answer(self, who, chat_id, message, text):
        """Whoever answered it before, the bot or Nora: the name is taken, and there is no second answer."""
        words = {"as": who, "body": {"kind": "text", "text": text}}
        self._ask("POST", f"/chats/{chat_id}/messages", words, f"answer/{message['id']}")

    def _ask(self, method, path, body=None, name=None):
        """The body of the answer; None when we were refused, since what we answer has been overtaken."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if name is not None:
            headers["Idempotency-Key"] = name
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            problem = json.load(refused)
            if problem["canRetry"] or problem["code"] in FATAL:
                raise RuntimeError(f"{method} {path}: {problem['code']}") from refused
            return None
