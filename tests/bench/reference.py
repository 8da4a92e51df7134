# SPDX-License-Identifier: MIT
"""What many begin with: Flask, and docker run for each request.

reference.py PORT COMMAND...: POST /run with {"code": ...} appends the code to
the command and answers with what it printed.
"""
import subprocess
import sys

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/")
def alive():
    return "alive"


@app.post("/run")
def run():
    done = subprocess.run(
        sys.argv[2:] + [request.get_json()["code"]],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return jsonify({"output": done.stdout.strip()})


app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
