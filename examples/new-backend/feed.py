"""The new backend by the event feed, with the standard library alone. The same as feed.ts.

    python3 examples/new-backend/feed.py [file]
"""

import json
import os
import sys
import threading
import time
import urllib.request

from desk import Desk

URL = os.environ.get("DRAGOMAN_URL", "http://127.0.0.1:4000/v1")
KEY = os.environ.get("DRAGOMAN_KEY", "dev-backend")
FILE = sys.argv[1] if len(sys.argv) > 1 else "new-backend.place"


def place():
    try:
        with open(FILE, encoding="ascii") as file:
            return file.read()
    except FileNotFoundError:
        return "0"


def keep_place(number):
    """The file is there whole or not at all."""
    with open(f"{FILE}.new", "w", encoding="ascii") as file:
        file.write(number)
    os.replace(f"{FILE}.new", FILE)


def follow(desk):
    headers = {"Authorization": f"Bearer {KEY}", "Last-Event-ID": place()}
    request = urllib.request.Request(f"{URL}/events?type=MessagePosted,ChatAssigned", headers=headers)
    # Quiet feeds give a sign of life every 15 seconds.
    with urllib.request.urlopen(request, timeout=60) as response:
        print(f"hears what happens after {headers['Last-Event-ID']}", flush=True)
        fields = {}
        for line in response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            if "data" in fields:
                desk.handle(json.loads(fields["data"]))
            if "id" in fields:
                keep_place(fields["id"])
            fields = {}


def for_ever(what, pause):
    while True:
        try:
            what()
        except Exception as error:  # pylint: disable=broad-except
            print(error, file=sys.stderr, flush=True)
        time.sleep(pause)


def main():
    desk = Desk(URL, KEY)
    while desk.nora_id == "":
        try:
            desk.be_on_duty()
        except Exception:  # pylint: disable=broad-except
            time.sleep(0.5)
    threading.Thread(target=for_ever, args=(desk.be_on_duty, 20), daemon=True).start()
    for_ever(lambda: follow(desk), 1)


main()
